// `postern dev`: what differs on this machine from the files.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePlan, planOverrides, type Values, type Wishes } from '../../../cli/dev/plan.ts';
import { wranglerArguments } from '../../../cli/dev/wrangler.ts';
import { VARIABLES, type VariableName } from '../../../src/config/variables.ts';
import { configOf, DEPLOYED, OWN, SECRET, STAND_IN } from './values.ts';

const changed = (values: Values, wishes: Partial<Wishes> = {}) =>
  Object.fromEntries(planOverrides(values, { ...OWN, ...wishes }).overrides.map(({ name, value }) => [name, value]));

describe('postern dev changes what must differ on this machine', () => {
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

  it.each([
    ['home.example.com', 'home.localhost:8787'],
    ['home.example.com:8443', 'home.localhost:8787'],
    ['start.localhost', 'start.localhost:8787'],
  ])('the start page at %s goes to %s', (PORTAL_HOST, there) => {
    expect(changed({ ...DEPLOYED, PORTAL_HOST })).toMatchObject({ PORTAL_HOST: there });
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
