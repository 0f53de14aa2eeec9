// JWTs that somebody made or changed: none of them is good. RFC 8725 §2, §3; RFC 7515 §4.

import { exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { createZitadel } from '../../../stand-in/zitadel.ts';
import { createBed, refusalOf, SEED } from './bed.ts';
import { encode, ISSUER, type Json, mint, mintChanged, partsOf, signText, without } from './jwt-bed.ts';

describe('JWTs that are not ZITADEL’s word', () => {
  it('refuses one that another key has signed under a kid of ZITADEL’s', async () => {
    const bed = createBed();
    const { privateKey } = await generateKeyPair('RS256');
    const token = await mintChanged(bed, (claims) => claims, {}, privateKey);
    expect(refusalOf(await bed.judge(token))).toEqual({ of: 'jwt', problem: 'other_key' });
  });

  it('refuses one whose claims were changed afterwards', async () => {
    const bed = createBed();
    const [header, payload, signature] = partsOf(await mint(bed));
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: SEED.users.staff };
    expect((await bed.judge(`${header}.${encode(claims)}.${signature}`)).kind).toBe('refused');
  });

  it('refuses one without its signature', async () => {
    const bed = createBed();
    const [header, payload] = partsOf(await mint(bed));
    expect((await bed.bearer.judge(`Bearer ${header}.${payload}.`)).kind).toBe('refused');
  });

  it.each(['none', 'None', 'NONE', 'nOnE'])('RFC 8725 §3.1 refuses alg %s', async (alg) => {
    const bed = createBed();
    const [header, payload, signature] = partsOf(await mint(bed));
    const unsigned = encode({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg });
    expect((await bed.judge(`${unsigned}.${payload}.`)).kind).toBe('refused');
    expect((await bed.judge(`${unsigned}.${payload}.${signature}`)).kind).toBe('refused');
  });

  it('RFC 8725 §2.1 refuses HS256 with the public key as the secret', async () => {
    const bed = createBed();
    const good = await mint(bed);
    const { publicKey, kid } = await bed.zitadel.webKeys.active();
    const claims = JSON.parse(Buffer.from(partsOf(good)[1], 'base64url').toString());
    const secrets = [await exportSPKI(publicKey), (await exportSPKI(publicKey)).trim()];
    for (const secret of secrets) {
      const key = new TextEncoder().encode(secret);
      const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' }).sign(key);
      expect((await bed.judge(forged)).kind).toBe('refused');
    }
  });

  it('never follows a key that the header carries or names (jwk, jku, x5u, x5c)', async () => {
    const bed = createBed();
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), use: 'sig', alg: 'RS256' };
    const carried = [
      { jwk },
      { jku: 'https://evil.example/keys' },
      { x5u: 'https://evil.example/chain' },
      { x5c: ['MII'] },
    ];
    for (const header of carried) {
      const token = await mintChanged(bed, (claims) => claims, header, privateKey);
      expect((await bed.judge(token)).kind, Object.keys(header)[0]).toBe('refused');
    }
    expect(bed.zitadel.calls.list.every(({ endpoint }) => endpoint === 'discovery' || endpoint === 'keys')).toBe(true);
  });

  it('RFC 7515 §4.1.11 refuses what it would have to understand and does not (crit)', async () => {
    const bed = createBed();
    const json = Buffer.from(partsOf(await mint(bed))[1], 'base64url').toString();
    expect((await bed.judge(await signText(bed, json))).kind).toBe('caller');
    const token = await signText(bed, json, { crit: ['urn:example:strict'], 'urn:example:strict': true });
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it('refuses another instance’s token that claims to be from here', async () => {
    const bed = createBed();
    const stranger = createZitadel({ now: () => bed.clock.now, ownKeys: true });
    const token = await stranger.mintAccessToken({ sub: 'admin', jwt: true });
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it.each(['https://evil.example', `${ISSUER}/`, '', undefined, [ISSUER]])('refuses iss %j', async (iss) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, (claims) => ({ ...claims, iss })))).kind).toBe('refused');
  });

  it.each([
    ['a sibling application’s client id', [SEED.webClientId]],
    ['another project', ['249703732336418999']],
    ['a prefix of the project', [SEED.projectId.slice(0, -1)]],
    ['the service user itself', ['svc-reader']],
    ['nobody', []],
    ['undefined', undefined],
    ['an object', { [SEED.projectId]: true }],
  ])('refuses aud %s', async (_name, aud) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, (claims) => ({ ...claims, aud })))).kind).toBe('refused');
  });

  it.each([undefined, '', 7, null, ['x']])('refuses sub %j', async (sub) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, (claims) => ({ ...claims, sub })))).kind).toBe('refused');
  });

  it.each([
    ['exp missing', (claims: Json) => without('exp')(claims)],
    ['exp as a string', (claims: Json) => ({ ...claims, exp: String(claims.exp) })],
    ['exp null', (claims: Json) => ({ ...claims, exp: null })],
    ['exp in a list', (claims: Json) => ({ ...claims, exp: [claims.exp] })],
    ['exp beyond the year 9999', (claims: Json) => ({ ...claims, exp: 253_402_300_801 })],
    ['exp in milliseconds', (claims: Json) => ({ ...claims, exp: (claims.exp as number) * 1000 })],
    ['exp negative', (claims: Json) => ({ ...claims, exp: -1 })],
    ['exp now', (claims: Json) => ({ ...claims, exp: 1_790_000_000 })],
    ['iat missing', (claims: Json) => without('iat')(claims)],
    ['iat in the future', (claims: Json) => ({ ...claims, iat: (claims.iat as number) + 120 })],
    ['iat as a string', (claims: Json) => ({ ...claims, iat: '0' })],
    ['nbf in the future', (claims: Json) => ({ ...claims, nbf: (claims.nbf as number) + 120 })],
    ['nbf as a string', (claims: Json) => ({ ...claims, nbf: '0' })],
    ['auth_time as a string', (claims: Json) => ({ ...claims, auth_time: 'yesterday' })],
  ])('refuses %s', async (_name, change) => {
    const bed = createBed();
    expect((await bed.judge(await mintChanged(bed, change))).kind).toBe('refused');
  });

  it('refuses exp 1e400, which is a number in JSON and infinite in JavaScript', async () => {
    const bed = createBed();
    const json = Buffer.from(partsOf(await mint(bed))[1], 'base64url').toString();
    const token = await signText(bed, json.replace(/"exp":\d+/, '"exp":1e400'));
    expect((await bed.judge(token)).kind).toBe('refused');
  });

  it('refuses a token from the second it expires', async () => {
    const bed = createBed();
    const token = await bed.zitadel.mintAccessToken({ sub: 'admin', jwt: true, lifetime: 100 });
    bed.clock.now += 99;
    expect((await bed.judge(token)).kind).toBe('caller');
    bed.clock.now += 1;
    expect((await bed.judge(token)).kind).toBe('refused');
  });
});
