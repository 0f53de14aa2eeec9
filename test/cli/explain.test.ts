// `explain`: readings, rules, requirement, decision and why; the matrix.
// docs/routes.md.

import { describe, expect, it } from 'vitest';
import { run } from './explain-bed.ts';

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

  it('a host that a rule names is a site of its own: who comes there signs in there', async () => {
    const { output } = await run('GET https://other.example.com/other --anonymous');
    expect(output).toContain('sign-in (anonymous) by rule 9');
    expect(output).toContain('answer      302 to ZITADEL for a page, 401 problem for anything else');
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

describe('bytes that are no UTF-8: explain prints what they may be', () => {
  const rules = [
    { path: '/old/admin/*', roles: ['admin'] },
    { path: '/old/*', access: 'public', paths: 'bytes' },
  ];

  it('every reading, and those that few have', async () => {
    const { output } = await run('GET /old/ad%E9min/x --anonymous', rules);
    expect(output).toMatch(/^readings\s+"\/old\/adémin\/x"\s+rule 2, \/old\/\*$/m);
    expect(output).toMatch(/^\s+"\/old\/admin\/x"\s+rule 1, \/old\/admin\/\* \(as few read such bytes\)$/m);
    expect(output).toMatch(/^decision\s+sign-in \(anonymous\) by rule 1$/m);
  });

  it.each(['GET /caf%E9', 'GET /old/..%2fcaf%E9'])('%s: 400, and what would take it', async (command) => {
    const { output } = await run(command, rules);
    expect(output).toMatch(/^decision\s+nonsense: /m);
    expect(output).toMatch(/^\s+it is no UTF-8: rules with paths = "bytes" take such paths/m);
    expect(output).toMatch(/^answer\s+400$/m);
  });

  it('the readings are there where they are why it is 400', async () => {
    expect((await run('GET /old/..%2fcaf%E9', rules)).output).toMatch(/^\s+"\/café"\s+no rule: whoever signs in$/m);
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
    const [site, table = '', other, sameTable] = output.trimEnd().split('\n\n');
    expect([site, other]).toEqual(
      ['app', 'other'].map((name) => `${name}.example.com, in front of https://app.internal`),
    );
    expect(sameTable).toBe(table);
    const [head, ...rows] = table.split('\n').map((line) => line.split(/\s{2,}/));
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
