// `postern dev`: what differs on this machine from the files, which application is chosen, and what is said of both.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLimits, suggestRegistration, suggestTrials } from '../../cli/dev/advice.ts';
import { chooseApplication } from '../../cli/dev/application.ts';
import { parseDevFlags } from '../../cli/dev/flags.ts';
import { createOverview, NOTABLE_ENDPOINTS, rolesOfRules } from '../../cli/dev/overview.ts';
import { describePlan, planOverrides, type Values, type Wishes } from '../../cli/dev/plan.ts';
import { wranglerArguments } from '../../cli/dev/wrangler.ts';
import { loadConfig } from '../../src/config/load.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import { ENDPOINTS } from '../../src/endpoints/catalogue.ts';

const SECRET = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';
const STAND_IN = { origin: 'http://localhost:8080', clientId: '11', projectId: '22' };
const OWN: Wishes = { port: 8787, standIn: undefined, upstream: undefined };
const DEPLOYED: Values = {
  UPSTREAM_URL: 'https://app.internal.acme.net',
  ZITADEL_DOMAIN: 'https://acme.zitadel.cloud',
  ZITADEL_CLIENT_ID: '33',
  ZITADEL_PROJECT_ID: '44',
  ZITADEL_CALLBACK_URL: 'https://portal.acme.net/sso/callback',
  SESSION_SECRET: SECRET,
};

const changed = (values: Values, wishes: Partial<Wishes> = {}) =>
  Object.fromEntries(planOverrides(values, { ...OWN, ...wishes }).overrides.map(({ name, value }) => [name, value]));

const bindings = { SESSIONS: { put: () => undefined }, USER_SESSIONS: { idFromName: () => undefined } };
const configOf = (values: Values) => {
  const loaded = loadConfig({ ...bindings, ...values });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
};

describe('what must differ on this machine', () => {
  it.each<[string, Values, Partial<Wishes>, object]>([
    [
      'the public callback goes to localhost, its path with it',
      {},
      {},
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback' },
    ],
    ['another port', {}, { port: 9000 }, { ZITADEL_CALLBACK_URL: 'http://localhost:9000/sso/callback' }],
    ['a callback on this machine with that port stays', { ZITADEL_CALLBACK_URL: 'http://127.0.0.1:8787/a/b' }, {}, {}],
    ['also below localhost', { ZITADEL_CALLBACK_URL: 'http://app.localhost:8787/a/b' }, {}, {}],
    [
      'with another port it moves',
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/a/b' },
      { port: 8788 },
      { ZITADEL_CALLBACK_URL: 'http://localhost:8788/a/b' },
    ],
    [
      'HTTPS on this machine becomes HTTP',
      { ZITADEL_CALLBACK_URL: 'https://localhost:8787/a/b' },
      {},
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/a/b' },
    ],
    [
      'no callback at all',
      { ZITADEL_CALLBACK_URL: '' },
      {},
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/auth/callback' },
    ],
    [
      'whatever else lies on the public origin comes along',
      {
        ZITADEL_POST_LOGOUT_URL: 'https://portal.acme.net/bye',
        ZITADEL_POST_LOGIN_URL: 'https://portal.acme.net/in?x=1',
        BRAND_LOGO_URL: 'https://portal.acme.net/l.svg',
      },
      {},
      {
        ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback',
        ZITADEL_POST_LOGOUT_URL: 'http://localhost:8787/bye',
        ZITADEL_POST_LOGIN_URL: '/in?x=1',
        BRAND_LOGO_URL: '/l.svg',
      },
    ],
    [
      'and what lies elsewhere stays',
      { BRAND_LOGO_URL: 'https://cdn.acme.net/l.svg', ZITADEL_POST_LOGIN_URL: '/in' },
      {},
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback' },
    ],
    [
      'another application',
      {},
      { upstream: { url: 'http://localhost:3000', reason: '' } },
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback', UPSTREAM_URL: 'http://localhost:3000' },
    ],
    [
      'the stand-in takes the ids of the files',
      {},
      { standIn: STAND_IN },
      { ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback', ZITADEL_DOMAIN: STAND_IN.origin },
    ],
    [
      'and gives its own for placeholders',
      { ZITADEL_CLIENT_ID: '…', ZITADEL_PROJECT_ID: '…' },
      { standIn: STAND_IN },
      {
        ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback',
        ZITADEL_DOMAIN: STAND_IN.origin,
        ZITADEL_CLIENT_ID: '11',
        ZITADEL_PROJECT_ID: '22',
      },
    ],
    [
      'a client there must be, a project need not',
      { ZITADEL_CLIENT_ID: '', ZITADEL_PROJECT_ID: '' },
      { standIn: STAND_IN },
      {
        ZITADEL_CALLBACK_URL: 'http://localhost:8787/sso/callback',
        ZITADEL_DOMAIN: STAND_IN.origin,
        ZITADEL_CLIENT_ID: '11',
      },
    ],
  ])('%s', (_, values, wishes, expected) => {
    expect(changed({ ...DEPLOYED, ...values }, wishes)).toEqual(expected);
  });

  it('names the address of ZITADEL’s post-logout redirect, given or not', () => {
    expect(planOverrides(DEPLOYED, OWN).postLogout).toBe('http://localhost:8787/sso/logout/callback');
    const given = { ...DEPLOYED, ZITADEL_POST_LOGOUT_URL: 'https://portal.acme.net/bye' };
    expect(planOverrides(given, OWN).postLogout).toBe('http://localhost:8787/bye');
  });

  it.each([
    [undefined, true],
    ['', true],
    ['replace-me-with-the-output-of-openssl-rand-hex-32', true],
    [`${SECRET},short`, true],
    [SECRET, false],
    [`${SECRET}, ${SECRET.split('').reverse().join('')}`, false],
  ])('SESSION_SECRET %j has to be made: %s', (secret, needsSecret) => {
    expect(planOverrides({ ...DEPLOYED, SESSION_SECRET: secret }, OWN).needsSecret).toBe(needsSecret);
  });

  const OF_THE_INSTANCE = {
    ZITADEL_ORG_ID: '55',
    ZITADEL_CLIENT_SECRET: 'hidden-client-secret',
    ZITADEL_API_CLIENT_ID: '66',
    ZITADEL_API_CLIENT_SECRET: 'hidden-api-secret',
    ZITADEL_INTROSPECTION_URL: 'https://acme.zitadel.cloud/oauth/v2/introspect',
    ZITADEL_API_KEY: 'hidden-api-key',
    ZITADEL_CLIENT_KEY: 'hidden-client-key',
  };

  it('with the stand-in the gateway’s configuration is good, whatever of the operator’s own instance is set', () => {
    fc.assert(
      fc.property(fc.subarray(Object.entries(OF_THE_INSTANCE)), (given) => {
        const values = { ...DEPLOYED, ...Object.fromEntries(given) };
        const plan = planOverrides(values, { ...OWN, standIn: STAND_IN });
        const after = { ...values, ...Object.fromEntries(plan.overrides.map(({ name, value }) => [name, value])) };
        for (const [name] of given) expect(after).toHaveProperty(name, '');
        expect(configOf(after)).toMatchObject({ issuer: STAND_IN.origin, clientAuthentication: { method: 'none' } });
      }),
    );
  });

  it('each change is said, and of a secret never its value', () => {
    const values = { ...DEPLOYED, ...OF_THE_INSTANCE, SESSION_SECRET: 'hidden' };
    const plan = planOverrides(values, { ...OWN, standIn: STAND_IN });
    const said = describePlan(plan);
    expect(said.map(([name]) => name)).toEqual([...plan.overrides.map(({ name }) => name), 'SESSION_SECRET']);
    expect(JSON.stringify(said)).not.toContain('hidden');
    for (const { name, value } of plan.overrides)
      if (VARIABLES[name as VariableName].kind === 'secret') expect(value).toBe('');
  });

  it('no secret is on the command line of Wrangler, where others of the machine see it', () => {
    const { overrides, origin } = planOverrides({ ...DEPLOYED, ...OF_THE_INSTANCE }, { ...OWN, standIn: STAND_IN });
    const run = { origin, place: { env: 'staging' }, overrides, envFiles: ['a'], persistTo: 'b' };
    const args = wranglerArguments({ ...run, hasDevHost: false });
    expect(args.join(' ')).not.toMatch(/hidden/);
    expect(args).toEqual(
      expect.arrayContaining(['--env', 'staging', '--env-file', '--persist-to', '--infer-origin-from-routes=false']),
    );
    expect(args).not.toContain('--host');
    expect(wranglerArguments({ ...run, hasDevHost: true })).toEqual(
      expect.arrayContaining(['--host', 'localhost:8787']),
    );
  });
});

describe('which application', () => {
  const choose = (configured: string | undefined, isThere: boolean, wishes = {}) =>
    chooseApplication({ configured, upstream: undefined, demoApp: false, ...wishes }, async () => isThere);

  it.each<[string, string | undefined, boolean, object, object]>([
    ['one on this machine that answers', 'http://localhost:3000', true, {}, { kind: 'own', isSilent: false }],
    ['nobody on this machine', 'http://localhost:3000', false, {}, { kind: 'guest-book', port: 3000 }],
    ['nobody on this machine, by number', 'http://127.0.0.1:3000/base', false, {}, { kind: 'guest-book', port: 3000 }],
    ['one elsewhere that answers', 'https://app.acme.net', true, {}, { kind: 'own', isSilent: false }],
    ['one elsewhere that does not', 'https://app.acme.net', false, {}, { kind: 'own', isSilent: true }],
    ['another worker', 'service:REPORTS', false, {}, { kind: 'own', isSilent: false }],
    ['none', undefined, false, {}, { kind: 'guest-book', port: undefined }],
    ['an example', 'https://app-origin.example.net', true, {}, { kind: 'guest-book', port: undefined }],
    ['an example', 'https://app.example', false, {}, { kind: 'guest-book', port: undefined }],
    ['a name for tests, which some use in earnest', 'http://shop.test', true, {}, { kind: 'own' }],
    ['no example', 'https://counterexample.com', true, {}, { kind: 'own' }],
    [
      '--upstream',
      'http://localhost:3000',
      true,
      { upstream: 'http://localhost:4000' },
      { kind: 'own', url: 'http://localhost:4000' },
    ],
    [
      '--upstream where nobody is',
      undefined,
      false,
      { upstream: 'http://localhost:4000' },
      { kind: 'own', isSilent: true },
    ],
    ['--demo-app', 'https://app.acme.net', true, { demoApp: true }, { kind: 'guest-book', port: undefined }],
    [
      '--demo-app beside somebody',
      'http://localhost:3000',
      true,
      { demoApp: true },
      { kind: 'guest-book', port: undefined },
    ],
    [
      '--demo-app where nobody is',
      'http://localhost:3000',
      false,
      { demoApp: true },
      { kind: 'guest-book', port: 3000 },
    ],
  ])('%s: %s', async (_, configured, isThere, wishes, expected) => {
    expect(await choose(configured, isThere, wishes)).toMatchObject(expected);
  });

  it('is not said twice', async () => {
    await expect(choose(undefined, true, { upstream: 'http://a', demoApp: true })).rejects.toThrow('not both');
  });
});

describe('flags', () => {
  it.each([
    [['--port', '0'], '--port is a port'],
    [['--port', '65536'], '--port is a port'],
    [['--page-port', 'x'], '--page-port is a port'],
    [['--stand-in', '--stand-in-port', ''], '--stand-in-port is a port'],
    [['--stand-in-port', '8080'], 'has no effect without --stand-in'],
    [['--upstream', 'nonsense'], '--upstream is the application’s URL'],
  ])('%j makes no sense', (args, sentence) => {
    expect(() => parseDevFlags(args)).toThrow(sentence);
  });
});

describe('what is said besides', () => {
  const routes = [
    { path: '/a/*', roles: ['boss'] },
    { path: '/b/*', hosts: ['other.acme.net'], orgs: ['77'] },
    { path: '/c', access: 'public' },
    { path: '/d', access: 'deny' },
  ];
  const values = {
    ...DEPLOYED,
    ROUTES: routes,
    ROLE_MAP: { chief: 'boss' },
    IDENTITY_HEADERS: { 'Remote-User': 'sub' },
  };
  const config = configOf(values);
  const plan = planOverrides(values, { ...OWN, standIn: STAND_IN });
  const application = { url: 'http://localhost:8081', isGuestBook: true, isSilent: false };
  const ada = { name: 'Ada', email: 'ada@acme.example', loginName: 'ada', roles: ['chief'] };
  const standIn = { issuer: STAND_IN.origin, keyFile: 'a folder/key.json', projectId: '44', personas: [ada] };

  it('roles are those of ZITADEL, whatever the application calls them', () => {
    expect(rolesOfRules(config)).toEqual(['chief']);
  });

  it('rules that nobody can meet here, and what the guest book does not read', () => {
    const notes = findLimits(config, plan, { isStandIn: true, application }).join('\n');
    expect(notes).toMatch(/hosts other than localhost:8787.*\/b/);
    expect(notes).toMatch(/organisations that \/b/);
    expect(notes).toMatch(/IDENTITY_HEADERS/);
    expect(findLimits(configOf(DEPLOYED), plan, { isStandIn: true, application })).toEqual([]);
  });

  it('that the guest book is there for another application, and that nobody is', () => {
    const notesOf = (changes: object) =>
      findLimits(configOf(DEPLOYED), plan, { isStandIn: false, application: { ...application, ...changes } });
    expect(notesOf({ reason: 'nothing listens at X' })).toEqual([
      'the guest book is the application, since nothing listens at X: start yours first, or name it with --upstream URL',
    ]);
    expect(notesOf({ isSilent: true })).toEqual([expect.stringContaining('502')]);
  });

  it('commands name the key file, quoted where a shell wants it, and the place of the files', () => {
    const [list, setup] = suggestTrials({ plan, config, application, standIn, place: { env: 'staging' } });
    expect(list?.command).toBe(
      "npx postern users list --domain http://localhost:8080 --key 'a folder/key.json' --project 44 --env staging",
    );
    expect(setup?.command).toBe(
      "npx postern setup --domain http://localhost:8080 --key 'a folder/key.json' --url http://localhost:8787/sso/callback --upstream http://localhost:8081 --role chief --grant ada@acme.example=chief --env staging",
    );
  });

  it('at one’s own ZITADEL: the command that registers this machine’s address beside the deployed one', () => {
    const { command } = suggestRegistration(DEPLOYED, planOverrides(DEPLOYED, OWN), {});
    expect(command).toBe(
      'npx postern setup --domain https://acme.zitadel.cloud --url https://portal.acme.net/sso/callback --also-url http://localhost:8787 --upstream https://app.internal.acme.net --key service-account.json',
    );
  });

  it('the overview says who opens what, and each rule', () => {
    const facts = {
      plan,
      config,
      issues: [],
      application,
      standIn,
      issuer: STAND_IN.origin,
      page: 'http://localhost:1',
    };
    const overview = createOverview({ ...facts, notes: [], commands: [] });
    expect(overview.personas).toMatchObject([{ name: 'Ada', opens: ['/a/*'] }]);
    expect(overview.rules).toEqual([
      { path: '/a/*', needs: 'whoever signs in; a role of boss' },
      { path: '/b/* at other.acme.net', needs: 'whoever signs in; any role granted by 77' },
      { path: '/c', needs: 'everybody' },
      { path: '/d', needs: 'nobody' },
    ]);
    expect(overview.endpoints[0]?.url).toBe('http://localhost:8787/sso/login');
  });

  it('names no endpoint that the gateway does not have', () => {
    expect(Object.keys(ENDPOINTS)).toEqual(expect.arrayContaining(Object.keys(NOTABLE_ENDPOINTS)));
  });
});
