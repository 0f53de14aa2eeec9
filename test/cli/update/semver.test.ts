import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../../../cli/update/semver.ts';

/** Semantic Versioning §11, each older than the next. */
const ASCENDING = [
  '0.1.0-dev',
  '0.1.0',
  '0.2.0',
  '0.10.0',
  '1.0.0-0',
  '1.0.0-2',
  '1.0.0-10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '99999999999999999998.0.0',
  '99999999999999999999.0.0',
];

const identifier = fc.stringMatching(/^(0|[1-9]\d{0,3}|[a-z-][\da-z-]{0,4})$/);
const version = fc
  .tuple(fc.nat(), fc.nat(), fc.nat(), fc.array(identifier, { maxLength: 3 }))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre.length > 0 ? `-${pre.join('.')}` : ''}`);

describe('Semantic Versioning §11', () => {
  it('orders versions', () => {
    for (const [i, a] of ASCENDING.entries())
      for (const [j, b] of ASCENDING.entries())
        expect(Math.sign(compareVersions(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j));
  });

  it('§10 build metadata has no say', () => expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0));

  it('is an order: one of three, and the other way round for the other', () =>
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        const [low, middle, high] = [a, b, c].sort(compareVersions) as [string, string, string];
        expect(compareVersions(low, middle)).toBeLessThanOrEqual(0);
        expect(compareVersions(low, high)).toBeLessThanOrEqual(0);
      }),
    ));

  it.each(['1.0', '1', 'v1.0.0', '01.0.0', '1.0.0-01', '1.0.0-', 'latest', '', '1.0.0 ', '^1.0.0'])(
    '§2 %j is no version',
    (text) => expect(isVersion(text)).toBe(false),
  );
});
