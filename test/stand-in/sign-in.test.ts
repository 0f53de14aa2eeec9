// The stand-in’s own session: who gets in, and how often somebody is asked.

import { describe, expect, it } from 'vitest';
import { type Bed, claimsOf, createBed, SEED } from './support.ts';

describe('the stand-in’s sign-in', () => {
  it('refuses a user without a role where the project wants one', async () => {
    const bed = createBed();
    bed.zitadel.project.authorizationRequired = true;
    await expect(bed.signIn({ user: 'nobody' })).rejects.toThrow('Errors.User.GrantRequired');
    expect((await bed.signIn({ user: 'user' })).has('code')).toBe(true);
  });

  it('refuses a deactivated user', async () => {
    const bed = createBed();
    bed.zitadel.deactivateUser('user');
    await expect(bed.signIn({ user: 'user' })).rejects.toThrow('Errors.User.NotActive');
  });

  it('goes back with access_denied when the person cancels', async () => {
    const bed = createBed();
    const callback = await bed.zitadel.signIn({ authorizeUrl: bed.authorizeUrl(), user: 'user', cancel: true });
    expect(Object.fromEntries(new URL(callback).searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'state-1',
    });
  });

  it('answers with code and state and nothing else (no iss, no session_state)', async () => {
    expect([...(await createBed().signIn()).keys()]).toEqual(['code', 'state']);
  });

  it('tells amr by how they signed in', async () => {
    const bed = createBed();
    const amrOf = async (mfa: boolean) => (await bed.introspect((await bed.login({ mfa })).access_token)).body.amr;
    expect(await amrOf(false)).toEqual(['pwd']);
    expect(await amrOf(true)).toEqual(['pwd', 'otp', 'mfa']);
  });

  it('answers in the fragment or by form on request', async () => {
    const bed = createBed();
    const authorizeUrl = bed.authorizeUrl({ response_mode: 'fragment' });
    expect(await bed.zitadel.signIn({ authorizeUrl, user: 'user' })).toMatch(/callback#code=.*&state=state-1$/);
    const browser = new Map();
    await bed.signIn({ user: 'user', browser });
    const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
    const login = await bed.zitadel.fetch(bed.authorizeUrl({ response_mode: 'form_post' }));
    const page = await bed.zitadel.fetch(login.headers.get('location') ?? '', { headers: { cookie } });
    expect(await page.text()).toContain(`<form method="post" action="${SEED.redirectUri}">`);
  });
});

describe('the provider’s own session', () => {
  /** Whether the second login in the same browser went on by itself: if it asked, "admin" answered. */
  async function isAskedAgain(bed: Bed, changes: Record<string, string>, seconds = 0): Promise<boolean> {
    const browser = new Map();
    await bed.signIn({ user: 'user', browser });
    bed.clock.now += seconds;
    const { access_token } = await bed.login({ user: 'admin', browser, authorize: changes });
    return (await bed.userinfo(access_token)).body.sub === SEED.users.admin;
  }

  it('signs in a second time without asking', async () => {
    expect(await isAskedAgain(createBed(), {}, 3600)).toBe(false);
  });

  it.each([
    ['prompt=login', { prompt: 'login' }, 0],
    ['prompt=select_account', { prompt: 'select_account' }, 0],
    ['a login_hint for somebody else', { login_hint: 'ada@acme.zitadel.example' }, 0],
    ['a password check that is too old', {}, 10 * 86_400],
  ])('asks again for %s', async (_name, changes, seconds) => {
    expect(await isAskedAgain(createBed(), changes, seconds)).toBe(true);
  });

  it.each([
    ['max_age that has passed', { max_age: '60' }, 60],
    ['max_age=0', { max_age: '0' }, 0],
  ])('V1 asks again for %s; V2 does not look at it', async (_name, changes, seconds) => {
    expect(await isAskedAgain(createBed({ settings: { loginVersion: 'v1' } }), changes, seconds)).toBe(true);
    expect(await isAskedAgain(createBed(), changes, seconds)).toBe(false);
  });

  it('of V1 keeps its sid over single sign-on and prompt=login, until the sign-out', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const browser = new Map();
    const enter = async (authorize: Record<string, string> = {}) =>
      claimsOf((await bed.login({ browser, authorize })).id_token);
    const first = await enter();
    bed.clock.now += 60;
    expect(await enter()).toMatchObject({ sid: first.sid, auth_time: first.auth_time });
    expect(await enter({ prompt: 'login' })).toMatchObject({ sid: first.sid, auth_time: bed.clock.now });
    bed.zitadel.terminateUserSessions('staff');
    expect((await enter()).sid).not.toBe(first.sid);
  });

  it('is V1’s for one application and V2’s for another, and they do not know of each other', async () => {
    const bed = createBed();
    const { store, webApplication } = bed.zitadel;
    const old = { ...webApplication, id: '8', clientId: '88', loginVersion: { version: 'v1' as const } };
    store.applications.set('8', old);
    const browser = new Map();
    const sidOf = async (client_id: string, user = 'staff') => {
      const { id_token } = await bed.login({ user, browser, authorize: { client_id }, token: { client_id } });
      return [claimsOf(id_token).sid.startsWith('V1_'), claimsOf(id_token).sub];
    };
    expect(await sidOf('88')).toEqual([true, SEED.users.staff]);
    expect(await sidOf(SEED.webClientId, 'admin')).toEqual([false, SEED.users.admin]);
    expect(await sidOf('88', 'user')).toEqual([true, SEED.users.staff]);
  });

  it('of V2 may be on pages of one’s own', async () => {
    const bed = createBed();
    bed.zitadel.webApplication.loginVersion = { version: 'v2', baseUri: 'https://login.example/ui' };
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    expect(start.headers.get('location')).toMatch(/^https:\/\/login\.example\/ui\/login\?authRequest=V2_\d+$/);
  });

  it('does not ask for a max_age that holds, and keeps auth_time', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const browser = new Map();
    const first = bed.clock.now;
    await bed.signIn({ browser });
    bed.clock.now += 59;
    const { access_token } = await bed.login({ browser, authorize: { max_age: '60' } });
    expect((await bed.introspect(access_token)).body.auth_time).toBe(first);
  });

  it('belongs to the browser that holds its secret', async () => {
    const bed = createBed();
    const browser = new Map<string, string>();
    await bed.signIn({ user: 'user', browser });
    const guessed = new Map([...browser].map(([name, value]) => [name, `${value.split('.')[0]}.guessed`]));
    const { access_token } = await bed.login({ user: 'admin', browser: guessed });
    expect((await bed.userinfo(access_token)).body.sub).toBe(SEED.users.admin);
  });

  it('prompt=create registers somebody new, without a role', async () => {
    const bed = createBed();
    const start = await bed.zitadel.fetch(bed.authorizeUrl({ prompt: 'create' }));
    const url = start.headers.get('location') ?? '';
    expect(await (await bed.zitadel.fetch(url)).text()).toContain('Register');
    const form = { register: '1', given_name: 'Nea', family_name: 'Ny', email: 'nea@acme.example' };
    const done = await bed.zitadel.fetch(url, { method: 'POST', body: new URLSearchParams(form) });
    const code = new URL(done.headers.get('location') ?? '').searchParams.get('code');
    const { access_token } = (await bed.exchange(code)).body;
    const { body } = await bed.userinfo(access_token);
    expect(body).toMatchObject({ name: 'Nea Ny', email: 'nea@acme.example' });
    expect(body).not.toHaveProperty('email_verified');
    expect(Object.keys(body).filter((name) => name.endsWith(':roles'))).toEqual([]);
  });
});

describe('a sign-in with prompt=none', () => {
  const silently = async (bed: Bed, cookie = '') => {
    const start = await bed.zitadel.fetch(bed.authorizeUrl({ prompt: 'none' }));
    const page = new URL(start.headers.get('location') ?? '', bed.issuer);
    return bed.zitadel.fetch(page, { headers: { cookie } });
  };
  const cookieOf = async (bed: Bed) => {
    const browser = new Map<string, string>();
    await bed.signIn({ browser });
    return [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  };

  it('goes on with a valid session', async () => {
    const bed = createBed();
    expect((await silently(bed, await cookieOf(bed))).headers.get('location')).toContain('?code=');
  });

  it('V2 shows the form to a browser without any session, and JSON to one whose sessions have ended', async () => {
    const bed = createBed();
    expect((await silently(bed)).status).toBe(200);
    const cookie = await cookieOf(bed);
    bed.zitadel.terminateUserSessions('staff');
    const refused = await silently(bed, cookie);
    expect([refused.status, await refused.json()]).toEqual([400, { error: 'No active session found' }]);
  });

  it('V1 redirects with interaction_required', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    expect((await silently(bed)).headers.get('location')).toMatch(/\?error=interaction_required&state=state-1$/);
  });
});
