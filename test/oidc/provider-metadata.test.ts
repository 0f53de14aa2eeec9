// The provider's metadata: what has to be in it before anybody is sent anywhere, how long it is kept, and what a failure costs.
// OpenID Connect Discovery 1.0 §3, §4.3; RFC 9700 §2.1.1; promise 3.

import { describe, expect, it } from 'vitest';
import type { ProviderFetch } from '../../src/oidc/provider-fetch.ts';
import { createProviderMetadata } from '../../src/oidc/provider-metadata.ts';

const issuer = 'https://zitadel.test';
const GOOD = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  code_challenge_methods_supported: ['plain', 'S256'],
};

function createBed(first: unknown = GOOD, at = issuer) {
  const bed = { now: 1_790_000_000, answer: first, asked: [] as unknown[], tasks: [] as Promise<unknown>[] };
  const fetch: ProviderFetch = async (url, request) => {
    bed.asked.push({ url, ...request });
    if (bed.answer instanceof Response) return bed.answer;
    return Response.json(bed.answer);
  };
  const metadata = createProviderMetadata({
    issuer: at,
    fetch,
    now: () => bed.now,
    waitUntil: (task) => bed.tasks.push(task),
  });
  return Object.assign(bed, { metadata, settle: () => Promise.all(bed.tasks) });
}

describe('Discovery §4.2: the document', () => {
  it('is asked for below the issuer, as JSON, with the signal of whoever waits', async () => {
    const { metadata, asked } = createBed();
    const { signal } = new AbortController();
    expect(await metadata.load(signal)).toEqual(GOOD);
    const url = `${issuer}/.well-known/openid-configuration`;
    expect(asked).toStrictEqual([{ url, method: 'GET', headers: { accept: 'application/json' }, signal }]);
  });

  it.each([['userinfo_endpoint'], ['revocation_endpoint'], ['end_session_endpoint'], ['introspection_endpoint']])(
    'may do without %s, but not name a bad one',
    async (name) => {
      expect(await createBed().metadata.load()).toEqual(GOOD);
      expect(await createBed({ ...GOOD, [name]: `${issuer}/it` }).metadata.load()).toHaveProperty(name);
      for (const value of ['http://zitadel.test/it', 'javascript:alert(1)', '/it', '', 7, null]) {
        await expect(createBed({ ...GOOD, [name]: value }).metadata.load(), String(value)).rejects.toMatchObject({
          code: 'provider_unavailable',
          message: `metadata: ${name} is missing or no URL to go to`,
        });
      }
    },
  );

  it.each<[Record<string, unknown>, string]>([
    [{ issuer: 'https://evil.test' }, 'issuer is another'],
    [{ issuer: `${issuer}/` }, 'issuer is another'],
    [{ issuer: 'https://ZITADEL.test' }, 'issuer is another'],
    [{ issuer: undefined }, 'issuer is another'],
    [{ authorization_endpoint: undefined }, 'authorization_endpoint is missing or no URL to go to'],
    [{ token_endpoint: undefined }, 'token_endpoint is missing or no URL to go to'],
    [{ jwks_uri: undefined }, 'jwks_uri is missing or no URL to go to'],
    [{ jwks_uri: 'http://zitadel.test/keys' }, 'jwks_uri is missing or no URL to go to'],
    [{ token_endpoint: 'ftp://zitadel.test/token' }, 'token_endpoint is missing or no URL to go to'],
    [{ code_challenge_methods_supported: undefined }, 'code_challenge_methods_supported lacks S256'],
    [{ code_challenge_methods_supported: ['plain'] }, 'code_challenge_methods_supported lacks S256'],
    [{ code_challenge_methods_supported: 'S256' }, 'code_challenge_methods_supported lacks S256'],
  ])('with %j: %s', async (changes, problem) => {
    const { metadata } = createBed({ ...GOOD, ...changes });
    await expect(metadata.load()).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: `metadata: ${problem}`,
    });
  });

  it.each([
    ['a status other than 200', new Response(JSON.stringify(GOOD), { status: 203 })],
    ['an unwell ZITADEL', new Response('away', { status: 503 })],
    ['HTML', new Response('<html>')],
    ['a list', []],
    ['null', null],
    ['a text', 'S256'],
  ])('%s is none', async (_what, answer) => {
    const { metadata } = createBed(answer);
    await expect(metadata.load()).rejects.toMatchObject({
      code: 'provider_unavailable',
      message: expect.stringMatching(/^metadata: ./),
      cause: expect.anything(),
    });
  });

  it('without TLS only where the issuer itself is without', async () => {
    const at = 'http://localhost:8080';
    const plain = JSON.parse(JSON.stringify(GOOD).replaceAll(issuer, at)) as object;
    expect(await createBed(plain, at).metadata.load()).toEqual(plain);
    expect(await createBed({ ...plain, jwks_uri: `${issuer}/keys` }, at).metadata.load()).toHaveProperty('jwks_uri');
    await expect(createBed({ ...plain, jwks_uri: 'file:///keys' }, at).metadata.load()).rejects.toThrow(/jwks_uri/);
  });
});

describe('promise 6: what is known serves on', () => {
  it('is asked for once in an hour, and then behind the scenes', async () => {
    const bed = createBed();
    await bed.metadata.load();
    bed.now += 3599;
    await bed.metadata.load();
    expect(bed.asked).toHaveLength(1);
    bed.now += 1;
    bed.answer = { ...GOOD, userinfo_endpoint: `${issuer}/userinfo` };
    expect(await bed.metadata.load()).toEqual(GOOD);
    expect(bed.tasks).toHaveLength(1);
    await bed.settle();
    expect(await bed.metadata.load()).toEqual(bed.answer);
    bed.now += 3599;
    await bed.metadata.load();
    expect(bed.asked).toHaveLength(2);
  });

  it('a failure leaves the old in use, and is followed by another try after half a minute', async () => {
    const bed = createBed();
    await bed.metadata.load();
    bed.now += 3600;
    bed.answer = new Response('away', { status: 503 });
    for (let second = 0; second < 30; second++) {
      expect(await bed.metadata.load()).toEqual(GOOD);
      bed.now += 1;
    }
    await bed.settle();
    expect(bed.asked).toHaveLength(2);
    await bed.metadata.load();
    expect(bed.asked).toHaveLength(3);
  });

  it('a first failure is not remembered', async () => {
    const bed = createBed(new Response('away', { status: 503 }));
    await expect(bed.metadata.load()).rejects.toThrow();
    bed.answer = GOOD;
    expect(await bed.metadata.load()).toEqual(GOOD);
  });

  it('readiness asks anew, whatever is known', async () => {
    const bed = createBed();
    await bed.metadata.load();
    await bed.metadata.reload();
    expect(bed.asked).toHaveLength(2);
    bed.answer = new Response('away', { status: 503 });
    await expect(bed.metadata.reload()).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(await bed.metadata.load()).toEqual(GOOD);
  });
});
