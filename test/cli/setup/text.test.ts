// wrangler.toml and .dev.vars, edited as text: one value changes, and nothing else.
// TOML v1.0.0; dotenv's format as Wrangler reads it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { readSecret, setSecret } from '../../../cli/setup/dev-vars-text.ts';
import { readVariable, setVariable } from '../../../cli/setup/toml-text.ts';

const TOML = `# head
name = "postern" # its name
list = [
  "[vars]", # not a table
  'A = "x"',
]

[vars] # variables
A = "one" # of A
# B = "example"
"C" = 'three'
D = """
[fake]
A = "no"
"""
E = { A = "inner", x = [1, 2] }

[[vars.ROUTES]]
path = "/a"
roles = ["admin", 'staff'] # who

[env.test.vars]
A = "other"
`;

describe('setup’s text of TOML: replaces one value and keeps comments, order and strings', () => {
  it('where the variable is', () => {
    expect(setVariable(TOML, 'vars', 'A', 'two')).toBe(TOML.replace('A = "one" # of A', 'A = "two" # of A'));
    expect(setVariable(TOML, 'vars', 'C', 'x')).toBe(TOML.replace(`'three'`, '"x"'));
    expect(setVariable(TOML, 'env.test.vars', 'A', 'x')).toBe(TOML.replace('"other"', '"x"'));
    expect(setVariable(TOML, 'vars', 'D', 'x')).toBe(TOML.replace(/"""[\s\S]*"""/, '"x"'));
  });

  it('below its commented example', () => {
    expect(setVariable(TOML, 'vars', 'B', 'x')).toBe(TOML.replace('# B = "example"\n', '# B = "example"\nB = "x"\n'));
  });

  it('at the end of its table, before the next', () => {
    expect(setVariable(TOML, 'vars', 'F', 'x')).toBe(TOML.replace('[1, 2] }\n', '[1, 2] }\nF = "x"\n'));
    expect(setVariable('[vars]\nA = "x"', 'vars', 'B', 'y')).toBe('[vars]\nA = "x"\nB = "y"\n');
  });

  it('in a table of its own if there is none', () => {
    expect(setVariable('name = "x"', 'vars', 'A', 'y')).toBe('name = "x"\n\n[vars]\nA = "y"\n');
  });

  it('quotes what needs it', () => {
    const text = setVariable('', 'vars', 'A', 'a "b" \\ c\n$& ü');
    expect(readVariable(text, 'vars', 'A')).toBe('a "b" \\ c\n$& ü');
  });

  it('refuses variables in an inline table', () => {
    expect(() => setVariable('vars = { A = "x" }\n', 'vars', 'A', 'y')).toThrow('inline table');
  });

  it('reads text', () => {
    expect(['A', 'C', 'D', 'B'].map((key) => readVariable(TOML, 'vars', key))).toEqual([
      'one',
      'three',
      undefined,
      undefined,
    ]);
  });

  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toml-'));
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  it('Wrangler reads what was written', async () => {
    const path = join(folder, 'wrangler.toml');
    let text = TOML.replace('list = [', 'compatibility_flags = [');
    for (const key of ['A', 'B', 'C', 'D', 'F']) text = setVariable(text, 'vars', key, `"${key}"\\`);
    const id = `249@my_projekt_ä(2) 王😀 $& $1 #'"%\\u0041 = [x]`;
    text = setVariable(text, 'vars', 'ID', id);
    expect(readVariable(text, 'vars', 'ID')).toBe(id);
    await writeFile(path, text);
    const { vars } = unstable_readConfig({ config: path }, { hideWarnings: true });
    expect(vars).toMatchObject({ ID: id });
    expect(vars).toMatchObject({ A: '"A"\\', B: '"B"\\', C: '"C"\\', D: '"D"\\', F: '"F"\\', E: { A: 'inner' } });
  });
});

describe('setup’s text of .dev.vars: replaces one secret', () => {
  const KEY = `{"key":"-----BEGIN\\nx'`.replace("'", '');

  it.each([
    ['A=1\nB=2\n', 'A=x\nB=2\n'],
    ['export A = "1" \nB=2', 'A=x\nB=2'],
    [`A='{"a":1,\n"b":2}'\nB=2\n`, 'A=x\nB=2\n'],
    ['# A=example\nB=2\n', '# A=example\nA=x\nB=2\n'],
    ['AA=1\n', 'AA=1\nA=x\n'],
    ['AA=1', 'AA=1\nA=x\n'],
    ['', 'A=x\n'],
  ])('%j', (before, after) => {
    expect(setSecret(before, 'A', 'x')).toBe(after);
    expect(readSecret(after, 'A')).toBe('x');
  });

  it('JSON between single quotes comes back as it was', () => {
    expect(setSecret('', 'A', KEY)).toBe(`A='${KEY}'\n`);
    expect(readSecret(setSecret('A=$&', 'A', KEY), 'A')).toBe(KEY);
  });

  it('a comment after a value is none of it, and what is not there is undefined', () => {
    expect(readSecret('A=1 # one\n', 'A')).toBe('1');
    expect(readSecret('# A=1\n', 'A')).toBeUndefined();
  });
});
