// Ids with any letters and signs, everywhere they travel: a whole life of a client, bearer tokens, roles, the organisation.
// RFC 6749 §2.3.1 (form-encoded in Basic); ZITADEL's older client ids hold the name of their project.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import type { Zitadel } from '../../stand-in/zitadel.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { isSignedIn, logIn } from './steps.ts';

const CLIENT = '249703852243222581@my_projekt_ä(2)';
const API = '249703852243222582@王 + Straße & Söhne: 100%/"x"\\?=#';
const PROJECT = '249…@ä(2)+%2F';
const ORGANIZATION = 'käse&co=1/ü?';
const SECRET = 'a:b c+d%2F/=&"ü€~!*\'()-_.';

/** Everything of the seed that has the one id has the other. */
function renameAll({ store }: Zitadel): void {
  const renamed = new Map<unknown, string>([
    [SEED.webClientId, CLIENT],
    [SEED.apiClientId, API],
    [SEED.projectId, PROJECT],
    [SEED.organizationId, ORGANIZATION],
  ]);
  for (const table of Object.values(store) as Map<string, Record<string, unknown>>[]) {
    for (const [key, row] of [...table]) {
      for (const [name, value] of Object.entries(row)) row[name] = renamed.get(value) ?? value;
      if (!renamed.has(key)) continue;
      table.delete(key);
      table.set(renamed.get(key) ?? '', row);
    }
  }
}

async function createRenamed(authMethod: 'none' | 'client_secret_basic' | 'private_key_jwt', env: object = {}) {
  const harness = createHarness({ zitadel: { lifetimes: { accessToken: 600 } } });
  const { zitadel } = harness;
  renameAll(zitadel);
  Object.assign(zitadel.webApplication, {
    authMethod,
    ...(authMethod === 'client_secret_basic' && { clientSecret: SECRET }),
  });
  const app = harness.isolate({
    ZITADEL_CLIENT_ID: CLIENT,
    ZITADEL_PROJECT_ID: PROJECT,
    ZITADEL_ORG_ID: ORGANIZATION,
    ...(authMethod === 'client_secret_basic' && { ZITADEL_CLIENT_SECRET: SECRET }),
    ...(authMethod === 'private_key_jwt' && {
      ZITADEL_CLIENT_KEY: JSON.stringify(await zitadel.createApplicationKey(SEED.webApplicationId)),
    }),
    ...env,
  });
  return { ...harness, app, browser: () => harness.browser(app) };
}

describe('ids with any letters', () => {
  it.each(['none', 'client_secret_basic', 'private_key_jwt'] as const)(
    'sign-in, roles, renewal and sign-out: %s',
    async (authMethod) => {
      const harness = await createRenamed(authMethod, { ROUTES: [{ path: '/admin/*', roles: ['admin'] }] });
      const browser = harness.browser();
      expect((await logIn(harness, browser, { user: 'admin' })).status).toBe(302);
      expect((await browser.navigate('/admin/x')).status).toBe(200);
      const { headers } = harness.received.at(-1) as Request;
      expect(headers.get('x-forwarded-roles')).toBe('admin,user');
      expect(decodeURIComponent(headers.get('x-forwarded-org') ?? '')).toBe(ORGANIZATION);
      await harness.advance(590);
      expect(await isSignedIn(browser)).toBe(true);
      const toProvider = await browser.navigate('/auth/logout', { headers: { 'sec-fetch-site': 'same-origin' } });
      expect((await harness.zitadel.fetch(new Request(locationOf(toProvider)))).status).toBe(302);
      const { list } = harness.zitadel.calls;
      const own = list.filter(({ endpoint }) => endpoint === 'token' || endpoint === 'revocation');
      expect(own.map(({ status }) => status)).toEqual([200, 200, 200]);
    },
  );

  it.each([true, false])('bearer tokens, JWT: %j', async (jwt) => {
    const api = { ZITADEL_API_CLIENT_ID: API, ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret };
    const { app, zitadel } = await createRenamed('none', api);
    const scope = ['openid', `urn:zitadel:iam:org:project:id:${PROJECT}:aud`, 'urn:zitadel:iam:user:resourceowner'];
    const authorization = `Bearer ${await zitadel.mintAccessToken({ sub: 'user', clientId: CLIENT, jwt, scope })}`;
    expect((await app.fetch(new Request(`${ORIGIN}/echo`, { headers: { authorization } }))).status).toBe(200);
  });

  it('ZITADEL’s logout token', async () => {
    const harness = await createRenamed('none');
    const browser = harness.browser();
    await logIn(harness, browser);
    harness.zitadel.terminateSession([...harness.zitadel.sessions.sso.keys()][0] ?? '');
    await harness.settle();
    const body = new URLSearchParams({ logout_token: harness.zitadel.backChannel.deliveries[0]?.logoutToken ?? '' });
    const notice = new Request(`${ORIGIN}/auth/backchannel-logout`, { method: 'POST', body });
    expect((await harness.app.fetch(notice)).status).toBe(200);
    await harness.advance(31);
    expect(await isSignedIn(browser)).toBe(false);
  });
});
