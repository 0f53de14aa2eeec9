// `explain`: readings, rules, requirement, decision and why; the matrix; expectations; exit codes.
// docs/routes.md.

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain/command.ts';
import { loadWithoutSecrets } from '../../cli/installation/installation.ts';

const ROUTES = [
  { path: '/', access: 'public' },
  { path: '/new/*', mode: 'report', roles: ['tester'] },
  { path: '/admin/*', roles: ['admin'], orgs: ['1'], claims_max_age: 30 },
  { path: '/api/*', credentials: ['bearer'], methods: ['GET'] },
  { path: '/pay', amr: ['mfa'], max_age: 300 },
  { path: '/files/*', claims: { department: ['sales'] }, upstream: 'https://files.internal/base' },
  { path: '/shut/*', access: 'deny' },
  { path: '/shut/door', access: 'public' },
  { path: '/other', hosts: ['other.example.com'] },
  { path: '/drop/*', access: 'public', strip_prefix: true },
];
const PARTNER = { path: '/partner/*', upstream: 'https://partner.example', upstream_secret: 'PARTNER_SECRET' };

const environment = {
  UPSTREAM_URL: 'https://app.internal',
  ZITADEL_DOMAIN: 'https://login.example.com',
  ZITADEL_CLIENT_ID: '249703852243222581',
  ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
  ZITADEL_PROJECT_ID: '249703732336418457',
  SESSIONS: { put: () => undefined },
  USER_SESSIONS: { idFromName: () => undefined },
};

const load = async () => loadWithoutSecrets({ ...environment, ROUTES });

async function run(command: string) {
  return await explain(command.split(' '), load);
}

describe('explain prints each reading, its rule, the requirement, the decision and why', () => {
  it('a role that is missing', async () => {
    const { code, output } = await run('GET /admin%2fusers --roles staff --org 1');
    expect(code).toBe(0);
    expect(output).toMatch(/^GET \/admin%2fusers as staff, granted by 1$/m);
    expect(output).toMatch(/^readings\s+"\/admin\/users"\s+rule 3, \/admin\/\*$/m);
    expect(output).toMatch(/^\s+"\/admin%2Fusers"\s+no rule: whoever signs in$/m);
    expect(output).toMatch(/^requires .*a role of admin; granted by 1; claims of the last 30 seconds$/m);
    expect(output).toMatch(/^decision\s+refuse \(roles\) by rule 3$/m);
    expect(output).toMatch(/^answer\s+403$/m);
  });

  it.each([
    ['GET /drop/x%20y --anonymous', 'allow (public) by rule 10', 'passed on, byte for byte as it came'],
    ['GET /drop --anonymous', 'allow (public) by rule 10', 'passed on, byte for byte as it came'],
    ['GET /drop/..%2fx --roles admin', 'nonsense: its readings lead to different upstreams or forwarding', '400'],
    ['GET /drop/x/..%2f..%2f..%2fx --roles admin', 'nonsense: climbs out of the root', '400'],
    ['GET /files%2fx --roles admin', 'nonsense: its readings lead to different upstreams or forwarding', '400'],
    ['GET / --anonymous', 'allow (public) by rule 1', 'passed on, byte for byte as it came'],
    [
      'GET /x --anonymous',
      'sign-in (anonymous) by no rule',
      '302 to ZITADEL for a page, 401 problem for anything else',
    ],
    ['DELETE /x --anonymous', 'sign-in (anonymous) by no rule', '401 problem'],
    ['GET /admin --roles admin --org 1', 'allow (authenticated) by rule 3', 'passed on, byte for byte as it came'],
    ['GET /admin --roles admin --org 2', 'refuse (orgs) by rule 3', '403'],
    ['GET /ADMIN --roles staff', 'refuse (roles) by rule 3', '403'],
    ['GET /api/x', 'sign-in (credentials) by rule 4', '401 problem'],
    ['GET /api/x --bearer', 'allow (authenticated) by rule 4', 'passed on, byte for byte as it came'],
    ['GET /pay --amr pwd', 'step-up (amr) by rule 5', '302 to ZITADEL for a page, 401 problem for anything else'],
    [
      'GET /pay --amr pwd,mfa --age 301',
      'step-up (max_age) by rule 5',
      '302 to ZITADEL for a page, 401 problem for anything else',
    ],
    ['GET /pay --amr mfa --bearer', 'step-up (max_age) by rule 5', '401 problem'],
    ['GET /files/x --claim department=law', 'refuse (claims) by rule 6', '403'],
    [
      'GET /files/x --claim department=law --claim department=sales',
      'allow (authenticated) by rule 6',
      'passed on, byte for byte as it came',
    ],
    ['GET /shut/door --anonymous', 'refuse (deny) by rule 7', '403'],
    ['GET /a%00', 'nonsense: control character', '400'],
  ])('%s: %s', async (command, decision, answer) => {
    const { code, output } = await run(command);
    expect(code).toBe(0);
    expect(output).toContain(`\ndecision    ${decision}\n`);
    expect(output).toContain(`\nanswer      ${answer}`);
  });

  it('what a rule in report mode would say', async () => {
    const { output } = await run('GET /new/x --roles staff');
    expect(output).toContain('report      rule 2 would say refuse (roles)');
    expect(output).toContain('decision    allow (authenticated) by no rule');
    expect(output).toContain('(past rule 2, which only reports)');
  });

  it('what is settled before any rule is asked', async () => {
    expect((await run('GET /auth/login')).output).toContain('an endpoint of the gateway’s own');
    expect((await run('GET /x --host evil.example')).output).toContain('answer      421');
    expect((await run('TRACE /x')).output).toContain('answer      405');
  });

  const OPEN = [{ path: '/*', access: 'public' }];
  const open = async (changes: Record<string, unknown>) =>
    loadWithoutSecrets({ ...environment, ROUTES: OPEN, ...changes });
  const CB = { ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/cb' };
  const ROOT = { ZITADEL_CALLBACK_URL: 'https://app.example.com/callback' };
  const BYE = { ZITADEL_POST_LOGOUT_URL: 'https://app.example.com/bye' };
  const OWN = 'an endpoint of the gateway’s own';
  const PASSED = 'passed on, byte for byte as it came';
  it.each([
    ['GET /auth/done --anonymous', {}, '200', OWN],
    ['GET /auth/whatever --anonymous', {}, '404', 'nothing is there'],
    ['GET /auth --anonymous', {}, '404', 'nothing is there'],
    ['GET /auth/cb --anonymous', CB, '302 for a page, 401 for anything else', OWN],
    ['GET /auth/callback --anonymous', CB, '404', 'nothing is there'],
    ['GET /callback --anonymous', ROOT, '302 for a page, 401 for anything else', OWN],
    ['GET /profile', ROOT, '200', OWN],
    ['GET /whatever --anonymous', ROOT, PASSED, ''],
    ['GET /bye --anonymous', BYE, PASSED, 'the application’s page, except'],
    ['GET /.well-known/oauth-protected-resource --anonymous', {}, '200', OWN],
    ['GET /.well-known/oauth-protected-resource --anonymous', { ZITADEL_PROJECT_ID: '' }, '404', OWN],
    ['DELETE /auth/login --anonymous', {}, '405', 'for GET, HEAD alone'],
    ['HEAD /auth/logout', {}, '405', 'for GET, POST alone'],
    ['TRACE /auth/login --host evil.example', {}, '405', 'TRACE is never forwarded'],
    ['GET /auth/login --host evil.example', {}, '421', 'evil.example is not served here'],
    ['GET /auth/login --host APP.example.com:443', {}, '302 for a page, 401 for anything else', OWN],
    ['GET /auth/login/ --anonymous', {}, '404', 'nothing is there'],
    ['GET /auth/%6Cogin --anonymous', {}, '404', 'nothing is there'],
    ['GET /authx --anonymous', {}, PASSED, ''],
    ['GET /AUTH/login --anonymous', {}, PASSED, ''],
    ['GET /%61uth/login --anonymous', {}, PASSED, ''],
  ])('%s with %j: %s', async (command, changes, answer, beforehand) => {
    const { output } = await explain(command.split(' '), () => open(changes));
    expect(output).toMatch(new RegExp(`^answer      ${answer}$`, 'm'));
    if (beforehand === '') expect(output).not.toContain('beforehand');
    else expect(output).toContain(beforehand);
  });

  it('a form that needs a sign-in is sent on with 303, a script is not where a rule redirects', async () => {
    const redirecting = () => open({ ROUTES: [{ path: '/*', unauthenticated: 'redirect' }] });
    const answers = async (method: string) =>
      (await explain([method, '/x', '--anonymous'], redirecting)).output.split('\n').at(-1);
    expect(await answers('GET')).toBe('answer      302 to ZITADEL');
    expect(await answers('POST')).toBe('answer      303 to ZITADEL for a page, 401 problem for anything else');
    expect(await answers('DELETE')).toBe('answer      401 problem');
  });

  it('another host of the gateway’s: nobody is sent to sign in where the session would not hold', async () => {
    const { output } = await run('GET https://other.example.com/other --anonymous');
    expect(output).toContain('sign-in (anonymous) by rule 9');
    expect(output).toContain('answer      401 problem');
  });

  it('a rule that is never reached: a warning', async () => {
    expect((await run('GET /')).errors).toMatch(/^warning: .*route 8 \(\/shut\/door\) is never reached/);
  });

  it('the path as the worker gets it', async () => {
    const { output } = await run('GET /x/../admin?next=/public');
    expect(output).toContain('arrives as  /admin\n');
  });

  it('--json is JSON', async () => {
    const { output } = await run('GET /admin --roles admin --org 1 --json');
    expect(JSON.parse(output)).toMatchObject({
      decision: { kind: 'allow', rule: 3 },
      readings: [{ reading: '/admin', rule: 3 }],
      requirement: { rules: [3] },
    });
  });
});

describe('strip_prefix: explain prints the path that goes up', () => {
  it.each([
    ['GET /drop/x%20y', '/x%20y'],
    ['GET /dr%6fp/a/b', '/a/b'],
    ['GET /drop', '/'],
  ])('%s: %s', async (command, path) => {
    expect((await run(command)).output).toMatch(new RegExp(`^goes up as\\s+${path}$`, 'm'));
  });

  it('and nothing where it is the one that came, or none goes up', async () => {
    for (const command of ['GET /x', 'GET /drop/..%2fx']) expect((await run(command)).output).not.toContain('goes up');
  });
});

describe('explain --all is a matrix of routes and roles', () => {
  it('has a line for each route and one for what is left', async () => {
    const { code, output } = await run('--all');
    expect(code).toBe(0);
    const [head, ...rows] = output.split('\n').map((line) => line.split(/\s{2,}/));
    expect(head).toEqual(['rule', 'path', 'anonymous', 'no role', 'tester', 'admin']);
    expect(rows).toEqual([
      ['1', '/', 'yes', 'yes', 'yes', 'yes'],
      ['2', '/new/*', 'sign in (report)', 'no (report)', 'yes (report)', 'no (report)'],
      ['3', '/admin/*', 'sign in', 'no', 'no', 'yes'],
      ['4', '/api/* GET', 'sign in', 'yes', 'yes', 'yes'],
      ['5', '/pay', 'sign in', 'step up', 'step up', 'step up'],
      ['6', '/files/*', 'sign in', 'if claims hold', 'if claims hold', 'if claims hold'],
      ['7', '/shut/*', 'no', 'no', 'no', 'no'],
      ['8', '/shut/door', 'no (rule 7)', 'no (rule 7)', 'no (rule 7)', 'no (rule 7)'],
      ['9', '/other other.example.com', 'sign in', 'yes', 'yes', 'yes'],
      ['10', '/drop/*', 'yes', 'yes', 'yes', 'yes'],
      ['–', 'anything else', 'sign in', 'yes', 'yes', 'yes'],
    ]);
  });
});

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
