// `npx postern setup` and a back-channel logout address that ZITADEL refuses.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, createBed, only } from '../setup-bed.ts';
import { BY_HAND } from './by-hand.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());
const application = () => only(bed.zitadel.store.applications);

describe('postern setup with a back-channel address that ZITADEL refuses', () => {
  const PUBLIC = ['--url', 'https://app.example.com'];
  beforeEach(() => {
    bed.zitadel.settings.backChannelDenyList = true;
  });

  it('on a first run: everything else is done, and a second run adds it', async () => {
    const { code, out, err } = await bed.setup(PUBLIC);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(
      'no back-channel logout yet: ZITADEL does not take https://app.example.com/auth/backchannel-logout',
    );
    expect(out).toContain('Once the DNS record is there, run this again');
    expect(application()).toMatchObject({
      backChannelLogoutUri: undefined,
      redirectUris: ['https://app.example.com/auth/callback'],
      grantTypes: ['authorization_code', 'refresh_token'],
    });
    const again = await bed.setup(PUBLIC);
    expect([again.code, again.err]).toEqual([0, '']);
    expect(again.out).toMatch(/note .*no back-channel logout yet/);
    expect(again.out).toContain('Nothing to change');
    bed.zitadel.settings.resolvableHosts.push('app.example.com');
    const last = await bed.setup(PUBLIC);
    expect(last.out).toContain('changed    web application Postern: backChannelLogoutUri');
    expect(last.out).not.toContain('no back-channel logout');
    expect(application().backChannelLogoutUri).toBe('https://app.example.com/auth/backchannel-logout');
  });

  it('on loopback, with both on this machine', async () => {
    const { code, out } = await bed.setup();
    expect(code).toBe(0);
    expect(out).toContain('does not take http://localhost:8787/auth/backchannel-logout');
    expect(application().redirectUris).toEqual(['http://localhost:8787/auth/callback']);
  });

  it.each(['nothing', 'version-2'] as const)(
    'on an application that has another: that one stays, where the server lacks %s',
    async (lacks) => {
      bed.zitadel.settings.resolvableHosts.push('old.example');
      await bed.setup(PUBLIC);
      bed.control.lacks = lacks;
      const old = 'https://old.example/bcl';
      Object.assign(application(), { ...BY_HAND, backChannelLogoutUri: old, idTokenRoleAssertion: false });
      const { code, out } = await bed.setup(PUBLIC);
      expect(code).toBe(0);
      expect(out).toContain('no back-channel logout yet');
      expect(application()).toMatchObject({ ...BY_HAND, backChannelLogoutUri: old, idTokenRoleAssertion: true });
    },
  );

  it('on an application whose own address would not be taken any more: what else is to change is changed', async () => {
    await bed.setup(PUBLIC);
    Object.assign(application(), { backChannelLogoutUri: 'https://gone.example/bcl', idTokenRoleAssertion: false });
    const { code } = await bed.setup(PUBLIC);
    expect(code).toBe(0);
    expect(application()).toMatchObject({ idTokenRoleAssertion: true });
  });
});
