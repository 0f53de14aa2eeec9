// Every conversation with ZITADEL, question by question: what is asked, and which answers are refused, each with its reason for the log.
// OIDC Core §3.1, §5.3, §12; RFC 6749 §4.1, §5.1, §6; RFC 7009 §2; RFC 7636 §4; RFC 9207 §2.4; RP-Initiated Logout 1.0 §2.

import { createHash } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { GatewayError } from '../../src/errors.ts';
import { providerFault } from '../../src/oidc/provider-errors.ts';
import type { ProviderRequest } from '../../src/oidc/provider-fetch.ts';
import { createRelyingParty } from '../../src/oidc/relying-party.ts';
import type { SigningKeys } from '../../src/oidc/signing-keys.ts';
import { TokenRefused } from '../../src/oidc/tokens/token-refusal.ts';

type Members = Record<string, unknown>;

const NOW = 1_790_000_000;
const issuer = 'https://zitadel.test';
const METADATA = {
  issuer,
  authorization_endpoint: `${issuer}/authorize?tenant=1`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  revocation_endpoint: `${issuer}/revoke`,
  end_session_endpoint: `${issuer}/end?tenant=1`,
};
const EXPECTED = { state: 'the-state', nonce: 'the-nonce', code_verifier: 'v'.repeat(43) };
const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await exportJWK(publicKey)) };

const signIdToken = (changes: Members = {}) =>
  new SignJWT({
    ...{ iss: issuer, aud: 'us', sub: '1', iat: NOW, exp: NOW + 60, nonce: EXPECTED.nonce },
    ...changes,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(privateKey);

interface Options {
  readonly metadata?: Members;
  readonly keys?: Partial<SigningKeys>;
  readonly variables?: Members;
}

function createBed(answer: Response | (() => Response) = Response.json({}), options: Options = {}) {
  const asked: (ProviderRequest & { url: string })[] = [];
  const loaded = loadConfig({
    UPSTREAM_URL: 'https://upstream.internal',
    ZITADEL_DOMAIN: issuer,
    ZITADEL_CLIENT_ID: 'us',
    ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
    SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
    SESSIONS: { get() {}, put() {} },
    USER_SESSIONS: { idFromName() {}, get() {} },
    ...options.variables,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const load = async () => ({ ...METADATA, ...options.metadata }) as never;
  const relyingParty = createRelyingParty({
    config: loaded.config,
    metadata: { load, reload: load },
    keys: { find: async () => [jwk], findPublished: async () => [jwk], reload: async () => undefined, ...options.keys },
    fetch: async (url, request) => {
      asked.push({ url, ...request });
      return typeof answer === 'function' ? answer() : answer;
    },
    now: () => NOW,
    clockSkew: () => NOW - Date.now() / 1000,
  });
  const form = () => Object.fromEntries(asked[0]?.body as URLSearchParams);
  return { relyingParty, asked, form, config: loaded.config };
}

/** The fault that a promise ends in: its code or kind, and the tag of a refusal or else the log's words. */
function faultOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => {
      const { kind, reason } = providerFault(error);
      const outcome = error instanceof GatewayError ? error.code : kind;
      const refused = error instanceof GatewayError ? error.cause : error;
      if (!(refused instanceof TokenRefused)) return `${outcome}: ${reason}`;
      return `${outcome}: ${refused.refusal.of} ${refused.refusal.problem}`;
    },
  );
}

describe('the way to ZITADEL', () => {
  const parameters = { state: 's', nonce: 'n', code_verifier: EXPECTED.code_verifier };

  it('OIDC Core §3.1.2.1, RFC 7636 §4.3: has everything that the answer is held against later', async () => {
    const { relyingParty, config } = createBed();
    const url = new URL(await relyingParty.authorizationUrl({ ...parameters, extra: { prompt: 'login' } }));
    expect(url.origin + url.pathname).toBe(`${issuer}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '1',
      prompt: 'login',
      client_id: 'us',
      redirect_uri: 'https://app.example.com/auth/callback',
      response_type: 'code',
      scope: config.scope,
      state: 's',
      nonce: 'n',
      code_challenge: createHash('sha256').update(EXPECTED.code_verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
  });

  it('extra parameters never replace ours, and a further scope is added', async () => {
    const { relyingParty, config } = createBed();
    const extra = { client_id: 'them', redirect_uri: 'https://evil.test', state: 'x', code_challenge_method: 'plain' };
    const href = await relyingParty.authorizationUrl({ ...parameters, extra, extraScope: 'more' });
    expect(Object.fromEntries(new URL(href).searchParams)).toMatchObject({
      client_id: 'us',
      redirect_uri: 'https://app.example.com/auth/callback',
      state: 's',
      code_challenge_method: 'S256',
      scope: `${config.scope} more`,
    });
  });
});

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
    ['exp', { exp: NOW - 31 }],
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

describe('OIDC Core §12: renewed tokens', () => {
  const previous = 'the-id-token-before';
  const good = { access_token: 'new', token_type: 'bearer', expires_in: 60, refresh_token: 'newer' };
  const renew = (changes: Members, options?: Options) => {
    const bed = createBed(Response.json({ ...good, ...changes }), options);
    return Object.assign(bed.relyingParty.refresh('rt', previous, '1'), { bed });
  };

  it('RFC 6749 §6: are asked for with the refresh token, and take its place', async () => {
    const renewing = renew({});
    expect(await renewing).toEqual({
      access_token: 'new',
      refresh_token: 'newer',
      id_token: previous,
      receivedAt: NOW,
      expiresAt: NOW + 60,
    });
    expect(renewing.bed.form()).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt', client_id: 'us' });
    expect(renewing.bed.asked[0]).toMatchObject({ url: METADATA.token_endpoint });
  });

  it('RFC 6749 §6: without a new refresh token the old one stays', async () => {
    expect(await renew({ refresh_token: undefined })).toMatchObject({ refresh_token: 'rt' });
  });

  it('§12.2: a new ID token is taken once it is checked', async () => {
    const id_token = await signIdToken({ nonce: undefined });
    expect(await renew({ id_token })).toMatchObject({ id_token });
  });

  it('§12.2: another subject’s ID token ends it', async () => {
    const id_token = await signIdToken({ sub: '2' });
    expect(await faultOf(renew({ id_token }))).toBe('refused: refresh_response other_subject_in_id_token');
  });

  it('§12.2: an ID token that fails a check ends it', async () => {
    const other = await generateKeyPair('RS256', { extractable: true });
    const find = async () => [{ ...(await exportJWK(other.publicKey)) }];
    const id_token = await signIdToken();
    expect(await faultOf(renew({ id_token }, { keys: { find } }))).toBe('refused: jwt other_key');
  });

  it('promise 6: without keys to check it the old ID token stays, and the session too', async () => {
    const id_token = await signIdToken({ sub: '2' });
    const find = () => Promise.reject(new GatewayError('provider_unavailable', 'keys: away'));
    expect(await renew({ id_token }, { keys: { find } })).toMatchObject({ refresh_token: 'newer', id_token: previous });
  });

  it('a fault of ours is not taken for missing keys', async () => {
    const id_token = await signIdToken();
    const find = () => Promise.reject(new TypeError('ours'));
    await expect(renew({ id_token }, { keys: { find } })).rejects.toThrow('ours');
  });

  it.each<[Members, string]>([
    [{ token_type: 'DPoP' }, 'refused: token_response not_bearer'],
    [{ access_token: 'a b' }, 'malformed: error: token: access_token has signs that no token has'],
  ])('RFC 6749 §5.1: %j is no answer', async (changes, fault) => {
    expect(await faultOf(renew(changes))).toBe(fault);
  });

  it('RFC 6749 §5.2: what the token endpoint refuses', async () => {
    const bed = createBed(Response.json({ error: 'invalid_grant' }, { status: 400 }));
    expect(await faultOf(bed.relyingParty.refresh('rt', previous, '1'))).toBe('dead: 400 invalid_grant: ');
  });
});

describe('OIDC Core §5.3: userinfo', () => {
  const ask = (answer: Response, options?: Options) => {
    const bed = createBed(answer, options);
    return Object.assign(bed.relyingParty.userinfo('at', '1'), { bed });
  };

  it('§5.3.1: is asked for with the access token, and believed for the same subject', async () => {
    const asking = ask(Response.json({ sub: '1', name: 'Zoë' }));
    expect(await asking).toEqual({ sub: '1', name: 'Zoë' });
    expect(asking.bed.asked).toEqual([
      {
        url: METADATA.userinfo_endpoint,
        method: 'GET',
        headers: { accept: 'application/json', authorization: 'Bearer at' },
        signal: undefined,
      },
    ]);
  });

  it.each<[Response, string]>([
    [Response.json({ sub: '2' }), 'refused: userinfo_response other_subject'],
    [Response.json({}), 'malformed: error: userinfo: sub is missing'],
    [Response.json({ sub: 1 }), 'malformed: error: userinfo: sub is missing'],
    [
      new Response('e30.e30.x', { headers: { 'content-type': 'Application/JWT' } }),
      'refused: userinfo_response jwt_not_wanted',
    ],
    [new Response('{}', { status: 401, headers: { 'content-type': 'application/jwt' } }), 'dead: status 401'],
    [new Response('<html>', { status: 503 }), 'transient: status 503'],
    [new Response('<html>'), 'transient: status 200'],
    [Response.json([{ sub: '1' }]), 'transient: status 200'],
  ])('§5.3.2: what is refused (%#)', async (answer, fault) => {
    expect(await faultOf(ask(answer))).toBe(fault);
  });

  it('an answer that says no type is read', async () => {
    const answer = new Response(new TextEncoder().encode('{"sub":"1"}'));
    expect(answer.headers.has('content-type')).toBe(false);
    expect(await ask(answer)).toEqual({ sub: '1' });
  });

  it('is not asked for where there is no such endpoint', async () => {
    const asking = ask(Response.json({}), { metadata: { userinfo_endpoint: undefined } });
    expect(await asking).toBeUndefined();
    expect(asking.bed.asked).toEqual([]);
  });
});

describe('RFC 7009: revocation', () => {
  it('§2.1: names the token, its kind and the client', async () => {
    const bed = createBed(new Response(null, { status: 200 }));
    await bed.relyingParty.revoke('rt', 'refresh_token');
    expect(bed.asked[0]).toMatchObject({ url: METADATA.revocation_endpoint, method: 'POST' });
    expect(bed.form()).toEqual({ token: 'rt', token_type_hint: 'refresh_token', client_id: 'us' });
  });

  it('§2.2.1: a refusal is told', async () => {
    const bed = createBed(Response.json({ error: 'unsupported_token_type' }, { status: 400 }));
    expect(await faultOf(bed.relyingParty.revoke('rt', 'refresh_token'))).toContain('unsupported_token_type');
  });

  it('does nothing where there is no such endpoint', async () => {
    const bed = createBed(Response.json({}), { metadata: { revocation_endpoint: undefined } });
    await bed.relyingParty.revoke('rt', 'refresh_token');
    expect(bed.asked).toEqual([]);
  });
});

describe('RP-Initiated Logout 1.0 §2: the way out', () => {
  it.each([['the-id-token'], [undefined]])('with the ID token %s', async (id_token_hint) => {
    const { relyingParty } = createBed();
    const url = new URL((await relyingParty.endSessionUrl('s', id_token_hint)) ?? '');
    expect(url.origin + url.pathname).toBe(`${issuer}/end`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '1',
      ...(id_token_hint !== undefined && { id_token_hint }),
      client_id: 'us',
      post_logout_redirect_uri: 'https://app.example.com/auth/logout/callback',
      state: 's',
    });
  });

  it('with the login name only where there is no ID token', async () => {
    const { relyingParty } = createBed();
    const parametersOf = async (hint?: string) =>
      new URL((await relyingParty.endSessionUrl('s', hint, 'zoë@acme')) ?? '').searchParams;
    expect((await parametersOf()).get('logout_hint')).toBe('zoë@acme');
    expect((await parametersOf('the-id-token')).has('logout_hint')).toBe(false);
  });

  it.each<[string, Members, boolean]>([
    ['it is ours', {}, true],
    ['it has expired', { exp: NOW - 90_000, iat: NOW - 99_000 }, true],
    ['it names no azp', { azp: undefined }, true],
    ['it is of several, and ours', { azp: 'us', aud: ['them', 'us'] }, true],
    ['the client has changed', { azp: 'them' }, false],
    ['it is somebody else’s', { azp: undefined, aud: ['them'] }, false],
    ['the issuer has changed', { iss: 'https://other.test' }, false],
  ])('an ID token is a good hint, since %s: %#', async (_why, changes, isGood) => {
    const { relyingParty } = createBed();
    expect(await relyingParty.isGoodHint(await signIdToken(changes))).toBe(isGood);
  });

  it('an ID token is none whose key is no longer published, or did not sign it, or that is no token', async () => {
    const gone = async () => [];
    const idToken = await signIdToken({});
    expect(await createBed(undefined, { keys: { findPublished: gone } }).relyingParty.isGoodHint(idToken)).toBe(false);
    const { relyingParty } = createBed();
    for (const text of [`${idToken.slice(0, -8)}AAAAAAAA`, 'a.b', '']) {
      expect(await relyingParty.isGoodHint(text)).toBe(false);
    }
  });

  it('is none where there is no such endpoint', async () => {
    const { relyingParty } = createBed(Response.json({}), { metadata: { end_session_endpoint: undefined } });
    expect(await relyingParty.endSessionUrl('s', undefined)).toBeUndefined();
  });
});

describe('Back-Channel Logout 1.0 §2.6: a logout token', () => {
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const logoutToken = (alg = 'RS256', key = privateKey) =>
    new SignJWT({ iss: issuer, aud: 'us', sub: '1', iat: NOW, exp: NOW + 60, jti: 'j', events: event })
      .setProtectedHeader({ alg })
      .sign(key);

  it('is for this client, under a key looked for as for strangers', async () => {
    const asked: unknown[] = [];
    const find: SigningKeys['find'] = async (_header, options) => {
      asked.push(options);
      return [jwk];
    };
    const { relyingParty } = createBed(Response.json({}), { keys: { find } });
    expect(await relyingParty.verifyLogoutToken(await logoutToken())).toMatchObject({ value: { sub: '1', jti: 'j' } });
    expect(asked).toEqual([expect.objectContaining({ isTrustedChannel: false })]);
  });

  it.each<[Members, boolean]>([
    [{}, false],
    [{ id_token_signing_alg_values_supported: 'ES256' }, false],
    [{ id_token_signing_alg_values_supported: ['RS256'] }, false],
    [{ id_token_signing_alg_values_supported: ['RS256', 'ES256'] }, true],
  ])('is signed as ZITADEL says it signs: with %j ES256 is %s', async (metadata, isTaken) => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const find = async () => [{ ...(await exportJWK(pair.publicKey)) }];
    const { relyingParty } = createBed(Response.json({}), { metadata, keys: { find } });
    const token = await logoutToken('ES256', pair.privateKey);
    const refusal = { of: 'jwt', problem: 'bad_alg', alg: 'ES256' };
    expect(await relyingParty.verifyLogoutToken(token)).toMatchObject(
      isTaken ? { kind: 'good' } : { kind: 'refused', refusal },
    );
  });
});
