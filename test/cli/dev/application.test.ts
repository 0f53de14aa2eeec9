// `postern dev`: which application is chosen, which flags exclude each other, and what is said besides.

import { describe, expect, it } from 'vitest';
import { findLimits, suggestRegistration, suggestTrials } from '../../../cli/dev/advice.ts';
import { chooseApplication } from '../../../cli/dev/application.ts';
import { parseDevFlags } from '../../../cli/dev/flags.ts';
import { createOverview, NOTABLE_ENDPOINTS, rolesOfRules } from '../../../cli/dev/overview.ts';
import { planOverrides } from '../../../cli/dev/plan.ts';
import { ENDPOINTS } from '../../../src/endpoints/catalogue.ts';
import { configOf, DEPLOYED, OWN, STAND_IN } from './values.ts';

describe('postern dev chooses the application', () => {
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

describe('flags of postern dev', () => {
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

describe('what postern dev says besides', () => {
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
