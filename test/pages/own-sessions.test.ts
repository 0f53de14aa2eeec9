// The list of one's own sessions: no two names are the same, the newest stand first, older ones fold away.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OwnSession, tellingApart } from '../../src/pages/own-sessions.ts';
import { createPages } from '../../src/pages/pages.ts';
import { config } from './samples.ts';

const FIREFOX = { browser: 'Firefox', system: 'Linux', version: '145' };
const START = 1_760_000_000;

const session = (id: string, changes: Partial<OwnSession> = {}): OwnSession => ({
  id,
  isCurrent: false,
  device: FIREFOX,
  place: 'Bern, CH',
  startedAt: START,
  seenAt: START,
  ...changes,
});

const render = async (sessions: readonly OwnSession[]) => {
  const data = { person: {}, roles: [], amr: [], startedAt: 0, expiresAt: 0, sessions, csrf: 't' };
  return (await createPages(config).profile({ requestId: 'ref-1', acceptLanguage: 'en' }, data)).text();
};

const namesIn = (text: string) =>
  [...text.matchAll(/<h3[^>]*>(.*?)<\/h3>/g)].map(([, name = '']) => name.replace(/<[^>]*>/g, ''));

describe('what tells sessions of the same browser apart', () => {
  const older = { ...FIREFOX, version: '144' };
  it.each([
    ['nothing, where the browser is the only one of its kind', { device: { browser: 'Safari' } }, undefined],
    ['its version', { device: older, place: 'Thun, CH' }, 'version'],
    ['the place', { place: 'Thun, CH' }, 'place'],
    ['when they began', { startedAt: START + 3600 }, 'minute'],
    ['when they began, to the second', { startedAt: START + 1 }, 'second'],
    ['not a place that one of them lacks', { place: undefined, startedAt: START + 3600 }, 'minute'],
  ] as const)('%s', (_name, changes, wanted) => {
    const [one, other] = [session('a'), session('b', changes)];
    expect(tellingApart(one, [one, other])).toBe(wanted);
    expect(tellingApart(other, [one, other])).toBe(wanted);
  });

  it('is in the name of each, which is what its button is described by', async () => {
    const text = await render([session('a', { place: 'Bern, CH' }), session('b', { place: 'Thun, CH' })]);
    expect(namesIn(text)).toEqual(['Firefox · Linux · Bern, CH', 'Firefox · Linux · Thun, CH']);
  });

  it('leaves no two names alike, whatever the sessions are', async () => {
    const places = fc.constantFrom('Bern, CH', 'Thun, CH', undefined);
    const devices = fc.constantFrom(FIREFOX, { ...FIREFOX, version: '144' }, { browser: 'Safari' }, {});
    const some = fc.uniqueArray(fc.record({ place: places, device: devices, startedAt: fc.nat(200) }), {
      selector: ({ startedAt }) => startedAt,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(some, async (found) => {
        const names = namesIn(await render(found.map((changes, index) => session(`${index}`, changes))));
        expect(new Set(names).size).toBe(found.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the list', () => {
  const many = Array.from({ length: 8 }, (_, index) =>
    session(`${index}`, { seenAt: START + index, startedAt: START + 60 * index, isCurrent: index === 2 }),
  );
  const idsIn = (text: string) => [...text.matchAll(/name="session" value="(\d)"/g)].map(([, id]) => id);

  it('begins with this browser, and goes on with what was seen last', async () => {
    expect(idsIn(await render(many))).toEqual(['2', '7', '6', '5', '4', '3', '1', '0']);
  });

  it('folds away all but five, where there are more', async () => {
    const text = await render(many);
    expect(idsIn(text.split('<details>')[0] as string)).toHaveLength(5);
    expect(text).toContain('<summary>Older sessions</summary>');
    expect(await render(many.slice(0, 5))).not.toContain('<details>');
  });
});
