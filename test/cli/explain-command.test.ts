// `explain` as a command: files of expectations, exit codes, configurations with problems, the command itself.
// docs/routes.md.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain/command.ts';
import { loadWithoutSecrets } from '../../cli/installation/installation.ts';
import { environment, load, run } from './explain-bed.ts';

const PARTNER = { path: '/partner/*', upstream: 'https://partner.example', upstream_secret: 'PARTNER_SECRET' };

describe('explain --check verifies a file of expectations', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'explain-'));
  });
  afterAll(async () => await rm(folder, { recursive: true }));

  async function check(text: string) {
    const file = join(folder, 'policy');
    await writeFile(file, text);
    return await explain(['--check', file], load);
  }

  it('all met: 0', async () => {
    const { code, output } = await check(`
      # a comment
      GET /admin as admin --org 1 → 200
      GET /admin as staff -> 403     # another
      GET /admin as anonymous => 302
      GET /admin as anonymous → 401
      GET /admin → refuse
      GET /pay as signed-in → step-up
      GET /api/x as signed-in --bearer → allow
      GET /a%00 as admin → 400
      GET /x as anonymous --host evil.example → 421
      GET /auth/login as anonymous → 302
      PUT /auth/login as anonymous → 405
      GET /auth/nothing as admin → 404
    `);
    expect(output).toBe('12 of 12 expectations met');
    expect(code).toBe(0);
  });

  it('one not met: 1, with its line and what is found', async () => {
    const { code, output } = await check('GET / as anonymous → 200\nGET /admin as staff → 200\n');
    expect(code).toBe(1);
    expect(output).toBe('line 2: GET /admin as staff → 200\n  but it is refuse, 403\n1 of 2 expectations met');
  });

  it.each([
    ['GET /admin as staff', 'line 1: an expectation looks like'],
    ['GET /admin as staff → perhaps', 'line 1: an expectation looks like'],
    ['GET admin → 200', 'line 1: a path begins with /'],
    ['GET /admin as staff --bogus → 403', 'line 1: Unknown option'],
  ])('%s: 2', async (line, message) => {
    const { code, errors } = await check(line);
    expect(code).toBe(2);
    expect(errors).toContain(message);
  });
});

describe('explain: exit codes, no stack traces', () => {
  it.each([
    ['GET', 'a path begins with /'],
    ['GET admin', 'a path begins with /'],
    ['GET /a /b', 'one method and one path'],
    ['GET /a --roles x --anonymous', '--anonymous is nobody'],
    ['GET /a --age soon', '--age is a number'],
    ['GET /a --claim x', '--claim is name=value'],
    ['GET /a --host a/b', 'this is no host: a/b'],
    ['GET /a --bogus', 'Unknown option'],
    ['--check does-not-exist', 'no such file'],
  ])('%s: 2', async (command, message) => {
    const { code, output, errors } = await run(command);
    expect(code).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(message);
    expect(errors).not.toMatch(/^\s+at /m);
  });

  it('a configuration with problems: 3, each with what is wanted', async () => {
    const broken = async () => loadWithoutSecrets({ ...environment, ROUTES: [{ path: 'admin', role: ['x'] }] });
    const { code, errors } = await explain(['GET', '/'], broken);
    expect(code).toBe(3);
    expect(errors).toContain('ROUTES, route 1, path: found "admin", wanted');
    expect(errors).toContain('did you mean "roles"?');
  });

  it.each([
    ['GET --json', 2, 'a path begins with /'],
    ['--check does-not-exist --json', 2, 'does-not-exist: there is no such file'],
    ['--all --bogus --json', 2, 'Unknown option'],
  ])('%s: JSON, too', async (command, code, message) => {
    const failed = await run(command);
    expect(failed).toMatchObject({ code, errors: '' });
    expect(JSON.parse(failed.output)).toMatchObject({ ok: false, error: expect.stringContaining(message) });
  });

  it('a configuration with problems, as JSON: each is a hint', async () => {
    const broken = async () => loadWithoutSecrets({ ...environment, ROUTES: [{ path: 'admin', role: ['x'] }] });
    const { code, output, errors } = await explain(['--all', '--json'], broken);
    expect([code, errors]).toEqual([3, '']);
    const { ok, hints } = JSON.parse(output);
    expect(ok).toBe(false);
    expect(hints).toContainEqual(expect.stringContaining('did you mean "roles"?'));
  });

  it('dummy secrets are no reason not to explain', () => {
    expect(loadWithoutSecrets({ ...environment, ROUTES: [PARTNER] }).ok).toBe(true);
    expect(loadWithoutSecrets({ ...environment, ROUTES: [PARTNER], PARTNER_SECRET: 'replace-me' }).ok).toBe(true);
    expect(loadWithoutSecrets({ ...environment, SESSION_SECRET: 'replace-me', ASSERTION_KEY: 'replace-me' }).ok).toBe(
      true,
    );
  });
});

describe('explain: the command itself, on wrangler.toml', () => {
  it('test/policy.example holds', async () => {
    const command = ['bin/postern.js', 'explain', '--check', 'test/policy.example'];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    expect(stdout).toMatch(/^(\d+) of \1 expectations met$/m);
  }, 30_000);

  it('another file that is not there: 2', async () => {
    const command = ['bin/postern.js', 'explain', 'GET', '/', '--config', 'test/none.toml'];
    const failed = await promisify(execFile)(process.execPath, command).catch((cause: unknown) => cause);
    expect(failed).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('can’t be read') });
  }, 30_000);
});
