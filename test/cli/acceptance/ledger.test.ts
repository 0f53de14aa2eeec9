// The lines of acceptance: what becomes of each, what the table says, and when nothing more is tried.

import { describe, expect, it } from 'vitest';
import { createLedger, NotApplicable, Refuted } from '../../../cli/acceptance/ledger.ts';
import { countOutcomes, printTable } from '../../../cli/acceptance/table.ts';
import { CommandError } from '../../../cli/support/failure.ts';
import { createLook } from '../../../cli/support/look.ts';

const rejecting = (cause: unknown) => (): Promise<unknown> => Promise.reject(cause);

describe('a line of the acceptance ledger', () => {
  it.each<readonly [string, string | undefined, () => Promise<unknown>]>([
    ['passed', undefined, async () => undefined],
    ['passed', 'by the session API', async () => 'by the session API'],
    ['failed', 'it is not so', rejecting(new Refuted('it is not so'))],
    ['failed', 'no answer (refused)', rejecting(new Refuted('no answer', { cause: new Error('refused') }))],
    ['failed', 'no: do this; or that', rejecting(new CommandError('no', { hints: ['do this', 'or that'] }))],
    ['failed', 'a mistake', rejecting(new TypeError('a mistake'))],
    ['not applicable', 'this server has none', rejecting(new NotApplicable('this server has none'))],
  ])('is %s: %s', async (outcome, reason, work) => {
    const told: string[] = [];
    const ledger = createLedger(new AbortController().signal, ({ what }) => void told.push(what));
    await ledger.check('area', 'what', work);
    expect(ledger.lines).toEqual([expect.objectContaining({ area: 'area', what: 'what', outcome })]);
    expect(ledger.lines[0]?.reason).toBe(reason);
    expect(told).toEqual(['what']);
  });

  it('that was under way when all is to end counts as nothing, and no other begins', async () => {
    const controller = new AbortController();
    const ledger = createLedger(controller.signal, () => undefined);
    const stopped = ledger.check('area', 'first', async () => {
      controller.abort(new Error('stopped'));
      throw new Refuted('because of the stop');
    });
    await expect(stopped).rejects.toThrow('stopped');
    await expect(ledger.check('area', 'second', async () => undefined)).rejects.toThrow('stopped');
    expect(ledger.lines).toEqual([]);
  });
});

it('the acceptance table has every line with its reason, and the sum', () => {
  const lines = [
    { area: 'setup', what: 'new', outcome: 'passed', seconds: 1 },
    { area: 'keys', what: 'rotation', outcome: 'failed', reason: 'refused', seconds: 1 },
    { area: 'keys', what: 'deletion', outcome: 'not applicable', reason: 'in use', seconds: 0 },
  ] as const;
  expect(printTable(lines, createLook(false)).split('\n')).toEqual([
    'passed  setup  new',
    'FAILED  keys   rotation (refused)',
    'n/a     keys   deletion (in use)',
    '',
    '1 passed, 1 failed, 1 not applicable',
  ]);
  expect(countOutcomes([])).toBe('0 passed, 0 failed, 0 not applicable');
});
