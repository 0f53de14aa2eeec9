// The snippets of docs/headers.md read what the gateway writes: copied from the page and run, in the languages that are at hand.
// ARCHITECTURE §4 (encoding).

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileIdentityHeaders } from '../../src/identity/headers.ts';

const page = readFileSync(new URL('../../docs/headers.md', import.meta.url), 'utf8');
const snippet = (language: string) => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1] ?? '';

const name = ' Käthe + 50 % „Müller“, 🐈\t ';
const roles = ['a+b', 'c,d', 'ü%2C', ' e '];
const identity = { sub: '1', name, roles: Object.fromEntries(roles.map((role) => [role, []])), claims: {} };
const headers = compileIdentityHeaders({})(identity).map(([key, value]) => [key.toLowerCase(), value] as const);
const expected = { id: '1', name, roles: [...roles].sort() };

const run = (command: string, args: string[], program: string) =>
  JSON.parse(spawnSync(command, [...args, program], { encoding: 'utf8' }).stdout);
const hasPython = spawnSync('python3', ['-V']).status === 0;

describe('docs/headers.md', () => {
  it('JavaScript', () => {
    const request = JSON.stringify({ headers: Object.fromEntries(headers) });
    expect(run(process.execPath, ['-e'], `${snippet('js')}\nconsole.log(JSON.stringify(user(${request})))`)).toEqual(
      expected,
    );
  });

  it.skipIf(!hasPython)('Python', () => {
    const environ = headers.map(([key, value]) => [`HTTP_${key.toUpperCase().replaceAll('-', '_')}`, value]);
    const program = `${snippet('python')}\nimport json\nprint(json.dumps(user(${JSON.stringify(Object.fromEntries(environ))})))`;
    expect(run('python3', ['-c'], program)).toEqual(expected);
  });
});
