// What an update writes into wrangler.toml: what is wanted, and nothing else; comments and order stay.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadTomlParser } from '../../../cli/update/toml-parser.ts';
import { proposeEdits } from '../../../cli/update/wrangler-toml.ts';

let folder: string;
let parse: Awaited<ReturnType<typeof loadTomlParser>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-toml-'));
  parse = await loadTomlParser(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const V1 = { tag: 'v1', new_sqlite_classes: ['UserSessions'] };
const V2 = { tag: 'v2', new_sqlite_classes: ['Sites'], renamed_classes: [{ from: 'A', to: 'B' }] };
const WANTED = { compatibilityDate: '2026-10-01', migrations: [V1, V2] };
const V1_TEXT = '[[migrations]]\ntag = "v1" # the first\nnew_sqlite_classes = [\n  "UserSessions", # one a user\n]\n';
const V2_TEXT =
  '\n[[migrations]]\ntag = "v2"\nnew_sqlite_classes = ["Sites"]\nrenamed_classes = [{ from = "A", to = "B" }]\n';

const propose = (text: string, wanted = WANTED) => proposeEdits(text, wanted, parse);

describe('postern update writes a later compatibility date', () => {
  it.each([
    ['compatibility_date = "2026-07-30"\n', 'compatibility_date = "2026-10-01"\n'],
    ["compatibility_date='2026-07-30' # tried\n", 'compatibility_date="2026-10-01" # tried\n'],
    [
      '# compatibility_date = "2020-01-01"\ncompatibility_date = "2026-07-30"\n',
      '# compatibility_date = "2020-01-01"\ncompatibility_date = "2026-10-01"\n',
    ],
    ['compatibility_date = "2026-07-30"\r\nname = "x"\r\n', 'compatibility_date = "2026-10-01"\r\nname = "x"\r\n'],
    ['compatibility_date = "2026-11-11"\n', 'compatibility_date = "2026-11-11"\n'],
    ['compatibility_date = "2026-10-01"\n', 'compatibility_date = "2026-10-01"\n'],
    [
      'compatibility_date = "2026-10-01"\n[env.staging]\ncompatibility_date = "2026-01-01"\n',
      'compatibility_date = "2026-10-01"\n[env.staging]\ncompatibility_date = "2026-10-01"\n',
    ],
    [
      'compatibility_date = "2026-10-01"\n[vars]\ncompatibility_date = "2026-01-01"\n',
      'compatibility_date = "2026-10-01"\n[vars]\ncompatibility_date = "2026-01-01"\n',
    ],
  ])('%j becomes %j', (before, after) => {
    const proposal = propose(before, { ...WANTED, migrations: [] });
    expect(proposal).toMatchObject({ text: after, byHand: [] });
    expect(proposal.edits.length).toBe(before === after ? 0 : 1);
  });

  it.each([
    'name = "x"\n',
    'compatibility_date = """2026-07-30"""\n',
    'compatibility_date = "2026-10-01"\nenv.a.compatibility_date = "2026-01-01"\n',
  ])('%j is left, and said', (text) => {
    const { byHand, ...rest } = propose(text, { ...WANTED, migrations: [] });
    expect(rest).toEqual({ before: text, text, edits: [] });
    expect(byHand.join()).toContain('compatibility_date = "2026-10-01"');
  });
});

describe('postern update writes further migrations', () => {
  const HEAD = 'compatibility_date = "2026-10-01"\n';

  it.each([
    [
      'in the middle',
      `${HEAD}${V1_TEXT}\n# What follows\n[vars]\nA = "x"\n`,
      `${HEAD}${V1_TEXT}${V2_TEXT}\n# What follows\n[vars]\nA = "x"\n`,
    ],
    ['at the end', `${HEAD}${V1_TEXT}`, `${HEAD}${V1_TEXT}${V2_TEXT}`],
    ['at an end without a newline', `${HEAD}${V1_TEXT.trimEnd()}`, `${HEAD}${V1_TEXT}${V2_TEXT}`],
    ['there already', `${HEAD}${V1_TEXT}${V2_TEXT}`, `${HEAD}${V1_TEXT}${V2_TEXT}`],
    [
      'there already, and more',
      `${HEAD}${V1_TEXT}${V2_TEXT}${V2_TEXT.replace('v2', 'v3')}`,
      `${HEAD}${V1_TEXT}${V2_TEXT}${V2_TEXT.replace('v2', 'v3')}`,
    ],
    [
      'of an environment that has its own',
      `${HEAD}${V1_TEXT}${V2_TEXT}\n[[env.a.migrations]]\ntag = "v1"\nnew_sqlite_classes = ["UserSessions"]\n`,
      `${HEAD}${V1_TEXT}${V2_TEXT}\n[[env.a.migrations]]\ntag = "v1"\nnew_sqlite_classes = ["UserSessions"]\n${V2_TEXT.replace('[[', '[[env.a.')}`,
    ],
  ])('%s', (_name, before, after) => expect(propose(before)).toMatchObject({ text: after, byHand: [] }));

  it.each([
    ['other ones', `${HEAD}[[migrations]]\ntag = "mine"\nnew_sqlite_classes = ["UserSessions"]\n`],
    ['an inline list', `migrations = [{ tag = "v1", new_sqlite_classes = ["UserSessions"] }]\n${HEAD}`],
    ['none', HEAD],
    ['an environment in quotes', `${HEAD}${V1_TEXT}${V2_TEXT}\n[[env."a b".migrations]]\ntag = "v1"\n`],
  ])('%s are left, and said', (_name, text) => {
    const { byHand, ...rest } = propose(text);
    expect(rest).toEqual({ before: text, text, edits: [] });
    expect(byHand.join()).toContain('v2');
  });
});

it('what only looks like a setting, within a text, is never changed', () => {
  const text = 'note.a = """\ncompatibility_date = "2020-01-01"\n"""\ncompatibility_date = "2026-07-30"\n';
  const { byHand, ...rest } = propose(text, { ...WANTED, migrations: [] });
  expect(rest).toEqual({ before: text, text, edits: [] });
  expect(byHand).toEqual(['wrangler.toml: compatibility_date = "2026-10-01"']);
});

it('the edits say where, and what', () => {
  const { edits } = propose(`name = "x"\ncompatibility_date = "2026-07-30" # tried\n${V1_TEXT}`);
  expect(edits).toEqual([
    {
      line: 2,
      removed: ['compatibility_date = "2026-07-30" # tried'],
      added: ['compatibility_date = "2026-10-01" # tried'],
    },
    { line: 8, removed: [], added: V2_TEXT.trimEnd().split('\n') },
  ]);
});

it('of any file: every other line stays, once, in its order; and what is still wanted is said', () => {
  const PARTS = [
    'compatibility_date = "2026-07-30"',
    'compatibility_date = "2027-01-01"',
    '# compatibility_date = "2020-01-01"',
    'note = """\n[[migrations]]\ncompatibility_date = "2020-01-01"\n"""',
    'text.b = """\n[[migrations]]\ncompatibility_date = "2020-01-01"\n"""',
    '[vars]\nA = ["#", "]"]',
    '[env.a]\ncompatibility_date = "2026-01-01"',
    '[env."b c"]\ncompatibility_date = "2026-01-01"',
    V1_TEXT.trimEnd(),
    '[[env.a.migrations]]\ntag = "v1"',
    '[[vars.ROUTES]]\npath = "/x"',
    '',
  ];
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...PARTS), { maxLength: 8 }), (parts) => {
      const text = `${parts.join('\n')}\n`;
      let before: ReturnType<typeof parse>;
      try {
        before = parse(text);
      } catch {
        return;
      }
      const { text: after, edits, byHand } = propose(text);
      const lines = after.split('\n');
      const changed = edits.flatMap(({ removed }) => removed);
      let at = 0;
      for (const line of text.split('\n').filter((each) => !changed.includes(each))) {
        at = lines.indexOf(line, at) + 1;
        expect(at, `${line} in\n${after}`).toBeGreaterThan(0);
      }
      const { compatibility_date: date, migrations } = parse(after) as {
        compatibility_date?: string;
        migrations?: readonly { tag: string }[];
      };
      const tags = migrations?.map(({ tag }) => tag).join();
      const isDone = date !== undefined && date >= WANTED.compatibilityDate && tags === 'v1,v2';
      expect(isDone || byHand.length > 0).toBe(true);
      for (const name of ['vars', 'note', 'text']) expect(parse(after)[name]).toEqual(before[name]);
    }),
  );
});

it('the repository’s own wrangler.toml is one that can be edited', () => {
  const text = readFileSync(new URL('../../../wrangler.toml', import.meta.url), 'utf8');
  const { edits, byHand } = propose(text);
  expect(byHand).toEqual([]);
  expect(edits).toHaveLength(2);
});
