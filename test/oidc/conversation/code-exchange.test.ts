import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import type { SigningKeys } from '../../../src/oidc/signing-keys.ts';
import { createBed, EXPECTED, faultOf, issuer, METADATA, type Members, NOW, type Options, signIdToken } from './bed.ts';

describe('from the code to tokens', () => {
  const CALLBACK = { code: 'the-code', state: EXPECTED.state };
  const good = async () => ({
    access_token: 'at',
    token_type: 'Bearer',
    expires_in: 120,
    refresh_token: 'rt',
    id_token: await signIdToken(),
  });
  const { signal } = new AbortController();
  const exchange = ({ relyingParty }: ReturnType<typeof createBed>, callback: Record<string, string> = CALLBACK) =>
    relyingParty.exchangeCode(new URLSearchParams(callback), EXPECTED, signal);
  const exchangeFor = async (changes: Members, options?: Options) =>
    exchange(createBed(Response.json({ ...(await good()), ...changes }), options));

  it('RFC 6749 §4.1.3, RFC 7636 §4.5: the code goes with its verifier and the address it came to', async () => {
    const bed = createBed(Response.json(await good()));
    const { tokens, idToken } = await exchange(bed);
    expect(tokens).toEqual({
      access_token: 'at',
      refresh_token: 'rt',
      id_token: (await good()).id_token,
      receivedAt: NOW,
      expiresAt: NOW + 120,
    });
    expect(idToken).toMatchObject({ sub: '1' });
    expect(bed.asked).toHaveLength(1);
    expect(bed.asked[0]).toMatchObject({ url: METADATA.token_endpoint, method: 'POST' });
    expect(bed.form()).toEqual({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: 'https://app.example.com/auth/callback',
      code_verifier: EXPECTED.code_verifier,
      client_id: 'us',
    });
  });

  it('the question ends with whoever asked it', async () => {
    const controller = new AbortController();
    const bed = createBed(Response.json(await good()));
    await bed.relyingParty.exchangeCode(new URLSearchParams(CALLBACK), EXPECTED, controller.signal);
    expect(bed.asked[0]?.signal?.aborted).toBe(false);
    controller.abort();
    expect(bed.asked[0]?.signal?.aborted).toBe(true);
  });

  it('RFC 6749 §5.1: ten minutes where no lifetime is said; no refresh token is none', async () => {
    const { tokens } = await exchangeFor({ expires_in: undefined, refresh_token: undefined });
    expect(tokens).toStrictEqual({
      access_token: 'at',
      id_token: (await good()).id_token,
      receivedAt: NOW,
      expiresAt: NOW + 600,
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['RFC 6749 §10.12: another state', { ...CALLBACK, state: 'another' }, 'login_failed: token: '],
    ['RFC 6749 §4.1.2: no state', { code: 'the-code' }, 'login_failed: token: '],
    ['RFC 9207 §2.4: another issuer', { ...CALLBACK, iss: 'https://evil.test' }, 'login_failed: token: '],
    ['RFC 9207 §2.4: an empty issuer', { ...CALLBACK, iss: '' }, 'login_failed: authorization_response other_issuer'],
    ['no code', { state: EXPECTED.state }, 'login_failed: '],
    [
      'OIDC Core §3.1.2.6: a visitor who says no',
      { state: EXPECTED.state, error: 'access_denied' },
      'login_denied: access_denied',
    ],
    [
      'OIDC Core §3.1.2.6: any other refusal',
      { state: EXPECTED.state, error: 'invalid_scope', error_description: 'so it is' },
      'login_failed: authorize: invalid_scope: so it is',
    ],
    [
      'RFC 6749 §10.12: a refusal for another state',
      { state: 'another', error: 'access_denied' },
      'login_failed: token: ',
    ],
  ])('%s is never exchanged', async (_what, callback, fault) => {
    const bed = createBed(Response.json(await good()));
    expect(await faultOf(exchange(bed, callback))).toContain(fault);
    expect(bed.asked).toEqual([]);
  });

  it('RFC 9207 §2.4: our own issuer is right', async () => {
    const bed = createBed(Response.json(await good()));
    expect(await exchange(bed, { ...CALLBACK, iss: issuer })).toHaveProperty('tokens');
  });

  it.each<[string, Members, string]>([
    ['OIDC Core §3.1.3.3: no ID token', { id_token: undefined }, 'login_failed: token: '],
    [
      'RFC 6749 §7.1: a type of token that is not ours',
      { token_type: 'DPoP' },
      'login_failed: token_response not_bearer',
    ],
    ['RFC 6749 §7.1: one that only looks like it', { token_type: 'mac' }, 'login_failed: token: '],
    ['RFC 6749 §A.12: a token that is no header field', { access_token: 'a b' }, 'access_token has signs'],
    ['RFC 6749 §A.12: a token with a line break', { access_token: 'a\nb' }, 'access_token has signs'],
    ['RFC 6749 §5.1: no access token', { access_token: undefined }, 'login_failed: token: '],
  ])('%s is refused', async (_what, changes, fault) => {
    expect(await faultOf(exchangeFor(changes))).toContain(fault);
  });

  it.each<[string, Members]>([
    ['nonce', { nonce: 'another' }],
    ['nonce, none at all', { nonce: undefined }],
    ['iss', { iss: 'https://evil.test' }],
    ['aud', { aud: 'them' }],
    ['exp', { exp: NOW - 60 }],
    ['azp', { azp: 'them' }],
    ['sub', { sub: '' }],
  ])('OIDC Core §3.1.3.7: an ID token with a wrong %s is refused', async (_claim, changes) => {
    expect(await faultOf(exchangeFor({ id_token: await signIdToken(changes) }))).toMatch(/^login_failed: /);
  });

  it('OIDC Core §3.1.3.7: an ID token under another key is refused', async () => {
    const other = await generateKeyPair('RS256', { extractable: true });
    const find = async () => [{ ...(await exportJWK(other.publicKey)) }];
    expect(await faultOf(exchangeFor({}, { keys: { find } }))).toBe('login_failed: jwt other_key');
  });

  it('the keys are looked for as for a token from the token endpoint, and in vain is no verdict', async () => {
    const away = new GatewayError('provider_unavailable', 'keys: away');
    const asked: unknown[] = [];
    const find: SigningKeys['find'] = (_header, options) => {
      asked.push(options);
      return Promise.reject(away);
    };
    expect(await faultOf(exchangeFor({}, { keys: { find } }))).toBe('provider_unavailable: keys: away');
    expect(asked).toEqual([expect.objectContaining({ isTrustedChannel: true, signal })]);
  });

  it.each([
    [Response.json({ error: 'invalid_grant' }, { status: 400 }), 'login_failed: token: 400 invalid_grant: '],
    [Response.json({ error: 'invalid_client' }, { status: 401 }), 'provider_unavailable: token: 401 invalid_client: '],
    [new Response('<html>', { status: 502 }), 'provider_unavailable: token: status 502'],
  ])('RFC 6749 §5.2: what the token endpoint refuses', async (answer, fault) => {
    expect(await faultOf(exchange(createBed(answer)))).toBe(fault);
  });

  it('RFC 6749 §3.2: no token endpoint without TLS, unless the issuer is without', async () => {
    const bed = createBed(Response.json(await good()), { metadata: { token_endpoint: 'http://zitadel.test/token' } });
    expect(await faultOf(exchange(bed))).toMatch(/^login_failed: token: /);
    expect(bed.asked).toEqual([]);
  });

  it('RFC 6749 §3.2: on loopback a ZITADEL without TLS is asked', async () => {
    const local = 'http://localhost:8080';
    const id_token = await signIdToken({ iss: local });
    const metadata = { issuer: local, token_endpoint: `${local}/token` };
    const bed = createBed(Response.json({ ...(await good()), id_token }), {
      metadata,
      variables: { ZITADEL_DOMAIN: local },
    });
    expect(await exchange(bed)).toHaveProperty('tokens');
  });

  it('RFC 6749 §2.3.1: the client may prove itself by a secret', async () => {
    const bed = createBed(Response.json(await good()), { variables: { ZITADEL_CLIENT_SECRET: 'secret' } });
    await exchange(bed);
    expect(new Headers(bed.asked[0]?.headers).get('authorization')).toBe(`Basic ${btoa('us:secret')}`);
  });
});
