// Signed tokens: every algorithm of ours and no other, the key that fits and no other, and headers that say too much.
// RFC 7515 §5.2, §4.1.11; RFC 7517 §4; RFC 7518 §3; RFC 8725 §3.1, §3.2.

import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Members, readPart, selectKeys, verifyJws } from '../../../src/oidc/tokens/jws.ts';
import type { Problem } from '../../../src/oidc/tokens/token-refusal.ts';
import { encodeBase64url } from '../../../src/shared/base64url.ts';

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const createKey = async (alg: string, options?: { modulusLength: number }) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  return { privateKey, jwk: (await exportJWK(publicKey)) as Members & JWK };
};

const sign = (key: CryptoKey, header: object, payload: string | Uint8Array = '{"sub":"1"}') =>
  new CompactSign(typeof payload === 'string' ? new TextEncoder().encode(payload) : payload)
    .setProtectedHeader(header as { alg: string })
    .sign(key);

const verify = (token: string, jwk: Members, algorithms?: readonly string[]) =>
  verifyJws(token, algorithms, async () => [jwk]);

const refused = (problem: Problem['problem'], evidence: object = {}) => ({
  kind: 'refused',
  refusal: { of: 'jwt', problem, ...evidence },
});

describe('RFC 7518 §3.1 algorithms', () => {
  it.each(ALGORITHMS)('%s is verified, and one changed bit is not', async (alg) => {
    const { privateKey, jwk } = await createKey(alg);
    const token = await sign(privateKey, { alg, kid: '1' });
    expect(await verify(token, jwk)).toEqual({
      kind: 'good',
      value: { header: { alg, kid: '1' }, claims: { sub: '1' } },
    });
    const [header, , signature] = token.split('.');
    const changed = `${header}.${encodeBase64url('{"sub":"2"}')}.${signature}`;
    expect(await verify(changed, jwk)).toEqual(refused('other_key'));
  });

  it('RFC 8725 §3.1 what the provider does not use is refused before any key is looked for', async () => {
    const { privateKey } = await createKey('ES256');
    const noKey = () => Promise.reject(new Error('a key was looked for'));
    const verified = await verifyJws(await sign(privateKey, { alg: 'ES256' }), ['RS256'], noKey);
    expect(verified).toEqual(refused('bad_alg', { alg: 'ES256' }));
  });

  it.each(['none', 'HS256', 'PS256', 'constructor', '', 0, null, ['RS256']])('alg %j is none of ours', async (alg) => {
    const { jwk } = await createKey('RS256');
    const token = `${encodeBase64url(JSON.stringify({ alg }))}.${encodeBase64url('{}')}.`;
    expect(await verify(token, jwk)).toEqual(refused('bad_alg', { alg }));
    expect(selectKeys([jwk], { alg })).toEqual([]);
  });

  it.each([1, null, true, [], { toString: '' }])(
    'RFC 7515 §4.1.4 kid %j is no text: no key is looked for',
    async (kid) => {
      const token = `${encodeBase64url(JSON.stringify({ alg: 'RS256', kid }))}.${encodeBase64url('{}')}.AAAA`;
      const noKey = () => Promise.reject(new Error('a key was looked for'));
      expect(await verifyJws(token, undefined, noKey)).toEqual(refused('bad_kid'));
    },
  );

  it('RFC 8725 §3.2 an RSA key below 2048 bits is refused', async () => {
    // Web Crypto makes such keys, jose would not sign with one.
    const parameters = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const pair = (await crypto.subtle.generateKey(
      { ...parameters, modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair;
    const input = `${encodeBase64url('{"alg":"RS256"}')}.${encodeBase64url('{}')}`;
    const signature = await crypto.subtle.sign(parameters, pair.privateKey, new TextEncoder().encode(input));
    const token = `${input}.${encodeBase64url(new Uint8Array(signature))}`;
    const jwk = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as Members;
    expect(await verify(token, jwk)).toEqual(refused('unverifiable', { cause: expect.any(Error) }));
  });

  it('a key that the runtime cannot read is a refusal', async () => {
    const { privateKey, jwk } = await createKey('ES256');
    const token = await sign(privateKey, { alg: 'ES256' });
    const verified = await verify(token, { ...jwk, x: 'AA' });
    expect(verified).toEqual(refused('unverifiable', { cause: expect.any(Error) }));
  });
});

describe('RFC 7515 §4 the header', () => {
  it.each([
    ['exp', { crit: ['exp'], exp: 1 }],
    ['b64', { crit: ['b64'], b64: true }],
    ['nothing', { crit: [] }],
    ['no list', { crit: null }],
  ])('§4.1.11 crit that names %s is refused', async (_what, more) => {
    const { privateKey, jwk } = await createKey('ES256');
    const signed = await sign(privateKey, { alg: 'ES256' });
    const header = encodeBase64url(JSON.stringify({ alg: 'ES256', ...more }));
    expect(await verify(signed.replace(/^[^.]+/, header), jwk)).toEqual(refused('bad_crit'));
  });

  it.each([
    'a.b',
    'a.b.c.d',
    `${encodeBase64url('[]')}.e30.`,
    `${encodeBase64url(Uint8Array.of(0xff))}.e30.`,
    'e30=.e30.',
  ])('§5.2 %s is no token', async (token) => {
    expect(await verify(token, {})).toEqual(refused('no_jwt'));
  });

  it('§5.2 a signature that is not base64url is refused before any key is looked for', async () => {
    const { privateKey } = await createKey('ES256');
    const token = `${await sign(privateKey, { alg: 'ES256' })}=`;
    const noKey = () => Promise.reject(new Error('a key was looked for'));
    expect(await verifyJws(token, undefined, noKey)).toEqual(refused('bad_signature_encoding'));
  });
});

describe('RFC 7519 §7.2 the claims', () => {
  it.each(['bnVsbA', 'W10', 'IngI', 'MQ', 'ew', '=', '', undefined])('unverified, %j is no JSON object', (part) => {
    expect(readPart(part)).toBeUndefined();
  });

  it.each(['[]', 'null', '"text"', '{', '', '\ufeff{}'])('%j is no JSON object', async (payload) => {
    const { privateKey, jwk } = await createKey('ES256');
    expect(await verify(await sign(privateKey, { alg: 'ES256' }, payload), jwk)).toEqual(refused('no_claims'));
  });

  it('what is not UTF-8 is refused', async () => {
    const { privateKey, jwk } = await createKey('ES256');
    const token = await sign(privateKey, { alg: 'ES256' }, Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d));
    expect(await verify(token, jwk)).toEqual(refused('no_claims'));
  });
});

describe('RFC 7517 §4 which key may have signed', () => {
  const RSA = { kty: 'RSA', kid: '1', n: 'n', e: 'AQAB' };
  const P256 = { kty: 'EC', crv: 'P-256', kid: '1', x: 'x', y: 'y' };

  it.each([
    ['RSA for RS256', RSA, { alg: 'RS256', kid: '1' }],
    ['without kid in the header', RSA, { alg: 'RS384' }],
    ['with everything said', { ...RSA, use: 'sig', alg: 'RS256', key_ops: ['verify'] }, { alg: 'RS256', kid: '1' }],
    ['P-256 for ES256', P256, { alg: 'ES256', kid: '1' }],
    ['Ed25519 for EdDSA', { kty: 'OKP', crv: 'Ed25519' }, { alg: 'EdDSA' }],
  ])('%s fits', (_what, key, header) => {
    expect(selectKeys([key], header)).toEqual([key]);
  });

  it.each([
    ['another kid', RSA, { alg: 'RS256', kid: '2' }],
    ['no kid', { ...RSA, kid: undefined }, { alg: 'RS256', kid: '1' }],
    ['a kid that is a number in both', { ...RSA, kid: 1 }, { alg: 'RS256', kid: 1 }],
    ['another kty', P256, { alg: 'RS256', kid: '1' }],
    ['a shared secret', { kty: 'oct', k: 'AA', kid: '1' }, { alg: 'RS256', kid: '1' }],
    ['another curve', P256, { alg: 'ES384', kid: '1' }],
    ['X25519', { kty: 'OKP', crv: 'X25519' }, { alg: 'EdDSA' }],
    ['another alg', { ...RSA, alg: 'RS256' }, { alg: 'RS512', kid: '1' }],
    ['use enc', { ...RSA, use: 'enc' }, { alg: 'RS256', kid: '1' }],
    ['key_ops without verify', { ...RSA, key_ops: ['encrypt'] }, { alg: 'RS256', kid: '1' }],
    ['key_ops that is text', { ...RSA, key_ops: 'verify' }, { alg: 'RS256', kid: '1' }],
    ['a private key', { ...RSA, d: 'AA' }, { alg: 'RS256', kid: '1' }],
  ])('a key with %s does not', (_what, key, header) => {
    expect(selectKeys([key], header)).toEqual([]);
  });

  it('OIDC Core §10.1 none that fits is a refusal, and so are several: then a token has to name its key', async () => {
    const { privateKey, jwk } = await createKey('ES256');
    const token = await sign(privateKey, { alg: 'ES256' });
    expect(await verifyJws(token, undefined, async () => [])).toEqual(refused('no_key'));
    expect(await verifyJws(token, undefined, async () => [jwk, jwk])).toEqual(refused('several_keys'));
  });

  it('of several all that fit are named, for whoever asks to refuse', () => {
    expect(selectKeys([RSA, P256, { ...RSA, kid: '2' }], { alg: 'RS256' })).toHaveLength(2);
  });
});
