// Tagged refusals: checks one after another, and the one table from a tag to its fault.

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { type FaultTable, faultOf, inOrder, isRefusal } from '../../src/shared/refusals.ts';

type Refusal = { readonly tag: 'odd'; readonly value: number } | { readonly tag: 'small' };

describe('checks in order', () => {
  const ran: string[] = [];
  const noted = <Given, Found>(name: string, check: (given: Given) => Found) => {
    return (given: Given): Found => {
      ran.push(name);
      return check(given);
    };
  };
  const checks = inOrder(
    noted('even', ({ value }: { value: number }): { value: number } | Refusal =>
      value % 2 === 0 ? { value } : { tag: 'odd', value },
    ),
  )
    .and(noted('half', async ({ value }) => ({ value, half: value / 2 })))
    .and(noted('large', ({ value, half }): { half: number } | Refusal => (value < 10 ? { tag: 'small' } : { half })));

  it.each([
    [12, { half: 6 }, ['even', 'half', 'large']],
    [4, { tag: 'small' }, ['even', 'half', 'large']],
    [3, { tag: 'odd', value: 3 }, ['even']],
  ])(
    'given %j they find %j and run %j: each takes what the last has proved, a refusal ends them',
    async (value, found, names) => {
      ran.length = 0;
      expect(await checks.run({ value })).toStrictEqual(found);
      expect(ran).toEqual(names);
    },
  );

  it('what a check throws is nobody’s refusal', async () => {
    const failing = inOrder((_given: object): object => {
      throw new Error('a fault');
    }).and(() => ({}));
    await expect(failing.run({})).rejects.toThrow('a fault');
  });
});

it('a refusal is known by its tag', () => {
  expect([isRefusal({ tag: 'small' }), isRefusal({ half: 1 }), isRefusal(new URLSearchParams('tag=a'))]).toEqual([
    true,
    false,
    false,
  ]);
});

it('the fault of a refusal is its tag’s, made with its evidence', () => {
  const table: FaultTable<Refusal> = {
    odd: ({ value }) => new GatewayError('bad_request', `${value} is odd`),
    small: () => new GatewayError('forbidden', 'too small'),
  };
  expect(faultOf<Refusal>(table, { tag: 'odd', value: 3 })).toMatchObject({ code: 'bad_request', message: '3 is odd' });
  expect(faultOf<Refusal>(table, { tag: 'small' })).toMatchObject({ code: 'forbidden', message: 'too small' });
});
