// The keys behind a JWT, and the organisation that may come in by one. OIDC Core §10.1.1.

import { describe, expect, it } from 'vitest';
import { type Bed, callerOf, createBed, RESOURCE_OWNER, refusalOf, SEED } from './bed.ts';
import { mint, mintChanged } from './jwt-bed.ts';

describe('ZITADEL_ORG_ID', () => {
  const env = { ZITADEL_ORG_ID: SEED.organizationId };
  const scope = ['openid', RESOURCE_OWNER];

  it('takes a token of a member', async () => {
    const bed = createBed({ env });
    const token = await bed.zitadel.mintAccessToken({ sub: 'user', jwt: true, scope });
    expect(callerOf(await bed.judge(token)).identity.org).toBe(SEED.organizationId);
  });

  it('refuses a token of somebody else’s member, whatever organisation it was asked for', async () => {
    const bed = createBed({ env });
    const claims = { 'urn:zitadel:iam:org:id': SEED.organizationId };
    const token = await bed.zitadel.mintAccessToken({ sub: 'outsider', jwt: true, scope, claims });
    expect(refusalOf(await bed.judge(token))).toMatchObject({ problem: 'other_organization' });
  });

  it('refuses a token that does not say', async () => {
    const bed = createBed({ env });
    expect(refusalOf(await bed.judge(await mint(bed)))).toEqual({ of: 'bearer_token', problem: 'no_organization' });
  });
});

/** ZITADEL publishes the next key ahead; after two rotations the active one is news. */
async function rotateUnannounced({ zitadel }: Bed) {
  await zitadel.rotateKeys();
  await zitadel.rotateKeys();
}

/** A token as strangers make it: right in everything but the key. */
async function invent(bed: Bed, kid: string) {
  const token = await mintChanged(bed, (claims) => claims, { kid });
  delete bed.zitadel.tamper.accessToken;
  return token;
}

describe('keys', () => {
  it('goes on with a token of a new key, in parallel too', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    await rotateUnannounced(bed);
    bed.zitadel.calls.reset();
    bed.zitadel.faults.set('keys', { delay: 20 }, { times: 1 });
    const tokens = await Promise.all(Array.from({ length: 5 }, () => mint(bed)));
    const judged = await Promise.all(tokens.map((token) => bed.judge(token)));
    expect(judged.map(({ kind }) => kind)).toEqual(Array(5).fill('caller'));
    expect(bed.zitadel.calls.keys).toBe(1);
  });

  it('fetches once for many unknown kids at once, and at most twenty times a minute', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    bed.zitadel.calls.reset();
    let count = 0;
    const storm = async () => {
      const tokens = [];
      for (let i = 0; i < 20; i += 1) tokens.push(await invent(bed, `${count++}-`));
      return tokens;
    };
    const judged = await Promise.all((await storm()).map((token) => bed.judge(token)));
    expect(judged.every(({ kind }) => kind === 'refused')).toBe(true);
    expect(bed.zitadel.calls.keys).toBe(1);
    for (const token of [...(await storm()), ...(await storm())]) await bed.judge(token).catch(() => undefined);
    expect(bed.zitadel.calls.keys).toBeLessThanOrEqual(20);
  });

  it('goes on with keys that come one after another, and with none that strangers invent in between', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    for (let rotation = 0; rotation < 4; rotation += 1) {
      expect((await bed.judge(await invent(bed, `invented-${rotation}`))).kind).toBe('refused');
      await rotateUnannounced(bed);
      expect((await bed.judge(await mint(bed))).kind).toBe('caller');
    }
  });

  it('refuses no token while a flood leaves its key unknown', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    for (let count = 0; count < 30; count += 1) {
      await bed.judge(await invent(bed, `invented-${count}`)).catch(() => undefined);
    }
    await rotateUnannounced(bed);
    const token = await mint(bed);
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable', retryAfter: 3 });
    bed.clock.now += 3;
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('fetches keys and metadata once for many tokens on a cold start', async () => {
    const bed = createBed();
    const tokens = await Promise.all(Array.from({ length: 10 }, () => mint(bed)));
    await Promise.all(tokens.map((token) => bed.judge(token)));
    expect(bed.zitadel.calls).toMatchObject({ discovery: 1, keys: 1 });
  });

  it('is unavailable, not a refusal, when keys can’t be had at all', async () => {
    const bed = createBed();
    bed.zitadel.faults.set('keys', { status: 500 });
    await expect(bed.judge(await mint(bed))).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('is unavailable, not a refusal, while the fetch for an unknown kid fails, and well again after it', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    await rotateUnannounced(bed);
    const token = await mint(bed);
    bed.zitadel.faults.set('keys', 'reset');
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    await expect(bed.judge(token)).rejects.toMatchObject({ code: 'provider_unavailable' });
    bed.zitadel.faults.clear();
    bed.clock.now += 30;
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('judges with the keys it has while ZITADEL is away', async () => {
    const bed = createBed();
    await bed.judge(await mint(bed));
    bed.zitadel.faults.set('keys', 'reset');
    bed.zitadel.faults.set('discovery', 'reset');
    bed.clock.now += 10_000;
    expect((await bed.judge(await mint(bed))).kind).toBe('caller');
  });
});
