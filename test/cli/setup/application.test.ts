// `npx postern setup` on an application that is there already, as a real server keeps it: an update makes defaults of
// what it does not name. And back-channel logout addresses that ZITADEL refuses.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Application } from '../../../stand-in/store.ts';
import { type Bed, createBed, only } from '../setup-bed.ts';
import { BY_HAND } from './by-hand.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());
const application = () => only(bed.zitadel.store.applications);

describe.each(['nothing', 'version-2'] as const)(
  'postern setup updates an application, where the server lacks %s',
  (lacks) => {
    beforeEach(async () => {
      await bed.setup();
      bed.control.lacks = lacks;
    });

    it.each([
      ['a redirect URI', { redirectUris: ['https://other.example/callback'] }],
      ['a post-logout URI', { postLogoutRedirectUris: [] }],
      ['the refresh grant', { grantTypes: ['authorization_code', 'implicit'] }],
      ['role claims', { idTokenRoleAssertion: false }],
      ['development mode', { devMode: false }],
      ['the back-channel address', { backChannelLogoutUri: 'https://old.example/bcl' }],
    ] as [string, Partial<Application>][])(
      'for want of %s keeps everything that is not ours',
      async (_name, lacking) => {
        Object.assign(application(), BY_HAND, lacking);
        expect(await bed.setup()).toMatchObject({ code: 0, err: '' });
        const { grantTypes, ...others } = { ...BY_HAND, ...lacking };
        const { redirectUris, postLogoutRedirectUris, idTokenRoleAssertion, devMode, backChannelLogoutUri, ...kept } =
          others;
        expect(application()).toMatchObject({ ...kept, devMode: true, idTokenRoleAssertion: true });
        expect(application().grantTypes).toEqual(expect.arrayContaining([...grantTypes, 'refresh_token']));
        expect(application().redirectUris).toEqual([
          ...(lacking.redirectUris ?? []),
          'http://localhost:8787/auth/callback',
        ]);
        expect((await bed.setup()).out).toContain('Nothing to change');
      },
    );
  },
);

describe.each(['nothing', 'version-2'] as const)(
  'postern setup and what somebody switched off, where the server lacks %s',
  (lacks) => {
    it('stays off, and is told of', async () => {
      await bed.setup(['--api']);
      bed.control.lacks = lacks;
      only(bed.zitadel.store.projects).active = false;
      for (const each of bed.zitadel.store.applications.values()) each.active = false;
      const { code, out } = await bed.setup(['--api']);
      expect(code).toBe(0);
      const off = ['the project Postern', 'the application Postern', 'the API application Postern API'];
      for (const what of off) expect(out).toContain(`${what} is deactivated, so ZITADEL serves nobody by it`);
      expect(only(bed.zitadel.store.projects).active).toBe(false);
    });
  },
);

describe('what postern setup changes of an application', () => {
  beforeEach(async () => {
    await bed.setup();
    Object.assign(application(), { grantTypes: ['authorization_code'], idTokenRoleAssertion: false });
  });

  it('is shown field by field before it is written', async () => {
    bed.takeCalls();
    const lines: string[] = [];
    const print = (line: string) => {
      const calls = bed.takeCalls().filter((call) => call.includes('UpdateApplication'));
      lines.push(...calls, line);
    };
    expect((await bed.setup([], { print })).code).toBe(0);
    const from = lines.findIndex((line) => line.includes('changing') && line.includes('web application Postern'));
    expect(lines.slice(from + 1, from + 5)).toEqual([
      '             grantTypes: AUTHORIZATION_CODE → AUTHORIZATION_CODE, REFRESH_TOKEN',
      '             idTokenRoleAssertion: false → true',
      'zitadel.application.v2.ApplicationService/UpdateApplication',
      expect.stringContaining('changed    web application Postern: grantTypes, idTokenRoleAssertion'),
    ]);
  });

  it('is in --json, and shown by --dry-run, which writes nothing', async () => {
    const { out } = await bed.setup(['--dry-run']);
    expect(out).toContain('idTokenRoleAssertion: false → true');
    expect(out).toMatch(/would call POST .*UpdateApplication .*"OIDC_GRANT_TYPE_REFRESH_TOKEN"/);
    expect(application().idTokenRoleAssertion).toBe(false);
    const { entries } = JSON.parse((await bed.setup(['--json'])).out);
    const changed = entries.filter(({ what }: { what: string }) => what === 'web application');
    expect(changed).toMatchObject([
      {
        outcome: 'changed',
        changes: [{ field: 'grantTypes' }, { field: 'idTokenRoleAssertion', from: 'false', to: 'true' }],
      },
    ]);
  });

  it('is read back: what is not as it was written is an error that names it', async () => {
    bed.control.interrupt = ({ name, body }) => {
      // A server that takes the write and forgets some of it
      if (name.endsWith('/UpdateApplication'))
        delete (body as { oidcConfiguration: object & { grantTypes?: unknown } }).oidcConfiguration.grantTypes;
      return undefined;
    };
    const { code, err } = await bed.setup();
    expect(code).toBe(1);
    expect(err).toContain('does not show the application Postern as it was written: grantTypes');
    expect(err).toContain('So far: web application Postern');
  });

  it('is waited for until the projections show it, and not for ever', async () => {
    bed.zitadel.settings.projectionLag = 3;
    expect((await bed.setup()).code).toBe(0);
    Object.assign(application(), { idTokenRoleAssertion: false });
    bed.zitadel.settings.projectionLag = 60;
    const before = bed.clock.now();
    expect((await bed.setup()).code).toBe(1);
    expect(bed.clock.now() - before).toBeLessThan(30);
  });

  it('somebody else’s “no changes”, in any language, is no error', async () => {
    bed.control.translate = () => 'Keine Änderungen';
    bed.control.interrupt = ({ name }) => {
      // Somebody was faster
      if (name.endsWith('/UpdateApplication'))
        Object.assign(application(), {
          grantTypes: ['authorization_code', 'refresh_token'],
          idTokenRoleAssertion: true,
        });
      return undefined;
    };
    expect(await bed.setup()).toMatchObject({ code: 0, err: '' });
  });
});

it('postern setup says the whole of a project again is said again when its roles are to be asserted', async () => {
  await bed.setup();
  const project = only(bed.zitadel.store.projects);
  Object.assign(project, { roleAssertion: false, authorizationRequired: true });
  const { out } = await bed.setup();
  expect(out).toContain('projectRoleAssertion: false → true');
  const call = bed.control.calls.find(({ name }) => name.endsWith('/UpdateProject'));
  expect(call?.body).toMatchObject({ name: 'Postern', projectRoleAssertion: true, authorizationRequired: true });
});
