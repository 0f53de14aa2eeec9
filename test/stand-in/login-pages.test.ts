// The stand-in’s login pages: what they say, and to whom.

import { describe, expect, it } from 'vitest';
import { apiControl } from '../../stand-in/api/control.ts';
import { createBed, SEED } from './support.ts';

describe('login pages of the stand-in', () => {
  it('offer the person of the login_hint alone', async () => {
    const bed = createBed();
    const start = await bed.zitadel.fetch(bed.authorizeUrl({ login_hint: 'uma@acme.example' }));
    const html = await (await bed.zitadel.fetch(start.headers.get('location') ?? '')).text();
    expect(html.match(/<button name="user" value="\d+"/g)).toEqual([`<button name="user" value="${SEED.users.user}"`]);
  });

  it('say that they are a stand-in, offer the four people of the first organisation, and run no foreign script', async () => {
    const bed = createBed();
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    expect(start.headers.get('location')).toMatch(
      /^https:\/\/zitadel\.test\/ui\/v2\/login\/login\?authRequest=V2_\d+$/,
    );
    const page = await bed.zitadel.fetch(start.headers.get('location') ?? '');
    const html = await page.text();
    expect(html).toContain('This is not ZITADEL');
    expect(html.match(/<button name="user"/g)).toHaveLength(4);
    expect(html).toContain('Zoë Kõiv-Straße 王');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('V1 takes a login name and a password in its own forms, and leads back by its own address', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const password = 'correct horse';
    apiControl(bed.zitadel.store).passwords.set(SEED.users.user, { password, changeRequired: false });
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    const authRequestID =
      new URL(start.headers.get('location') ?? '', bed.issuer).searchParams.get('authRequestID') ?? '';
    const html = (await bed.get(`/ui/login/login?authRequestID=${authRequestID}`)).body;
    for (const field of ['gorilla.csrf.Token', 'authRequestID', 'loginName']) expect(html).toContain(`name="${field}"`);
    const form = { authRequestID, loginName: 'uma' };
    expect((await bed.post('/ui/login/loginname', form)).body).toContain('name="password"');
    expect((await bed.post('/ui/login/password', { ...form, password: 'x' })).body).toContain('Password is invalid');
    const done = await bed.post('/ui/login/password', { ...form, password });
    expect(done.headers.get('location')).toBe(`/oauth/v2/authorize/callback?id=${authRequestID}`);
    const back = await bed.get(done.headers.get('location') ?? '');
    expect(back.headers.get('location')).toMatch(new RegExp(`^${SEED.redirectUri}\\?code=.+&state=state-1$`));
  });

  it('V1 has its own address and parameter', async () => {
    const bed = createBed({ settings: { loginVersion: 'v1' } });
    const start = await bed.zitadel.fetch(bed.authorizeUrl());
    expect(start.headers.get('location')).toMatch(/^\/ui\/login\/login\?authRequestID=\d+$/);
  });
});
