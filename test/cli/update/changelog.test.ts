// CHANGELOG.md as a program reads it, and the repository's own.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS, parseChangelog, type Section, sectionsBetween, unreleased } from '../../../cli/update/changelog.ts';

const word = fc.stringMatching(/^[A-Za-z`.([][\w `.,:()[\]*#-]{0,30}[\w.]$/).filter((text) => !text.startsWith('```'));
const entry = fc.array(word, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
const group = fc.record({ kind: fc.constantFrom(...KINDS), entries: fc.array(entry, { maxLength: 3 }) });
const section = fc.record({
  version: fc.tuple(fc.nat(9), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.')),
  date: fc.constantFrom('2026-11-21', '2031-02-28'),
  groups: fc.array(group, { maxLength: 3 }),
});

type Style = { brackets: boolean; bullet: string; eol: string };

function write(sections: readonly Omit<Section, 'others'>[], { brackets, bullet, eol }: Style): string {
  const name = (version = 'Unreleased') => (brackets ? `[${version}]` : version);
  const blocks = sections.map(({ version, date, groups }) => [
    `## ${name(version)}${date === undefined ? '' : ` - ${date}`}`,
    '',
    ...groups.flatMap(({ kind, entries }) => [
      ...(kind === '' ? [] : [`### ${kind}`, '']),
      ...entries.flatMap((text) =>
        text.split('\n').map((line, index) => `${index === 0 ? `${bullet} ` : '  '}${line}`),
      ),
      '',
    ]),
  ]);
  const links = brackets ? ['[0.1.0]: https://example.com/0.1.0'] : [];
  return ['# Changelog', '', 'All that matters.', '', ...blocks.flat(), ...links].join(eol);
}

const style = fc.record({
  brackets: fc.boolean(),
  bullet: fc.constantFrom('*', '-'),
  eol: fc.constantFrom('\n', '\r\n'),
});

describe('reading a changelog', () => {
  it('what is written is what is read, whatever its style', () =>
    fc.assert(
      fc.property(fc.array(section, { maxLength: 4 }), style, (sections, chosen) => {
        expect(parseChangelog(write(sections, chosen))).toEqual(sections.map((each) => ({ ...each, others: [] })));
      }),
      { numRuns: 500 },
    ));

  it('any text at all is read to its end', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('## ', '### ', '* ', '- ', '[', ']', '```', '\n', '  ', 'x', '1.2.3'), {
          maxLength: 60,
        }),
        (parts) => {
          expect(Array.isArray(parseChangelog(parts.join('')))).toBe(true);
        },
      ),
    ));

  it.each<[string, Partial<Section>]>([
    ['## 1.2.3', { version: '1.2.3' }],
    ['## v1.2.3 — 2026-11-21', { version: '1.2.3', date: '2026-11-21' }],
    ['## [1.2.3](https://example.com/diff) - 2026-11-21', { version: '1.2.3', date: '2026-11-21' }],
    ['## [1.2.3-rc.1] - 2026-11-21 [YANKED]', { version: '1.2.3-rc.1', date: '2026-11-21' }],
    ['## [Unreleased]', {}],
    ['## unreleased', {}],
  ])('%s begins a section', (line, expected) => {
    expect(parseChangelog(`${line}\n\n* x`)).toEqual([
      { ...expected, groups: [{ kind: '', entries: ['x'] }], others: [] },
    ]);
  });

  it('a heading in a block of code is none', () => {
    const [only, ...more] = parseChangelog('## 1.0.0\n\n* Do this:\n  ```sh\n## 2.0.0\n* y\n  ```\n* then that\n');
    expect(more).toEqual([]);
    expect(only?.groups).toEqual([{ kind: '', entries: ['Do this:\n```sh\n## 2.0.0\n* y\n```', 'then that'] }]);
  });

  it('lines that are no entries are kept apart', () => {
    expect(parseChangelog('## 1.0.0\nThe first.\n\n* x')[0]?.others).toEqual(['The first.']);
  });
});

describe('releases that an update brings', () => {
  const text = ['Unreleased', '0.10.0', '0.9.1', '0.2.0', '0.1.0']
    .map((name) => `## ${name}\n\n* of ${name}\n`)
    .join('\n');
  const versions = (from: string, to: string) =>
    sectionsBetween(parseChangelog(text), from, to).map(({ version }) => version);

  it.each([
    ['0.1.0', '0.10.0', ['0.10.0', '0.9.1', '0.2.0']],
    ['0.9.1', '0.10.0', ['0.10.0']],
    ['0.10.0', '0.9.1', ['0.10.0']],
    ['0.1.0', '0.9.1', ['0.9.1', '0.2.0']],
    ['0.3.0', '0.4.0', []],
  ])('from %s to %s are %j', (from, to, expected) => expect(versions(from, to)).toEqual(expected));

  it('is not what is unreleased, which is known as such', () => {
    expect(unreleased(parseChangelog(text))?.groups[0]?.entries).toEqual(['of Unreleased']);
    expect(unreleased(parseChangelog('## Unreleased\n\n## 0.1.0\n\n* x'))).toBeUndefined();
  });
});

describe('CHANGELOG.md', () => {
  const sections = parseChangelog(readFileSync(new URL('../../../CHANGELOG.md', import.meta.url), 'utf8'));

  it('is read without a rest, and each release has its date and says what kind of change it is', () => {
    expect(sections.length).toBeGreaterThan(0);
    for (const { version, date, groups, others } of sections) {
      expect(others, version).toEqual([]);
      if (version === undefined) continue;
      expect(date, version).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      for (const { kind } of groups) expect(KINDS).toContain(kind);
    }
  });
});
