// A stand-in with a clock to turn, and the few requests that every test of it makes.

import { createHash, createPrivateKey } from 'node:crypto';
import { importPKCS8, type JWTPayload, SignJWT } from 'jose';
import { SEED } from '../../stand-in/seed.ts';
import type { Browser } from '../../stand-in/sign-in.ts';
import { createZitadel, type ZitadelOptions } from '../../stand-in/zitadel.ts';

export { SEED };

export const VERIFIER = 'a-verifier-of-forty-three-characters-at-least-0';
export const SCOPE = 'openid profile email offline_access';
export const ROLES = 'urn:zitadel:iam:org:project:roles';
export const PROJECT_ROLES = `urn:zitadel:iam:org:project:${SEED.projectId}:roles`;
export const ALL_ROLE_SCOPES = ['admin', 'staff', 'user'].map((key) => `urn:zitadel:iam:org:project:role:${key}`);

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many shapes, and expectations say which.
type Json = any;

export interface Answer {
  status: number;
  body: Json;
  headers: Headers;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

export function claimsOf(jwt: string): Json {
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
}

export function headerOf(jwt: string): Json {
  return JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString());
}

export function createBed(options: ZitadelOptions = {}) {
  const clock = { now: 1_760_000_000 };
  const zitadel = createZitadel({ now: () => clock.now, backChannelRetryDelays: [0, 0], ...options });
  const { issuer } = zitadel;

  async function read(response: Response): Promise<Answer> {
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
  }

  const get = async (path: string, headers: Record<string, string> = {}) =>
    read(await zitadel.fetch(issuer + path, { headers }));

  const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    read(await zitadel.fetch(issuer + path, { method: 'POST', body: new URLSearchParams(form), headers }));

  /** A value of undefined takes the parameter out. */
  function authorizeUrl(changes: Record<string, string | undefined> = {}): string {
    const params: Record<string, string | undefined> = {
      client_id: SEED.webClientId,
      redirect_uri: SEED.redirectUri,
      response_type: 'code',
      scope: SCOPE,
      state: 'state-1',
      nonce: 'nonce-1',
      code_challenge: challengeOf(VERIFIER),
      code_challenge_method: 'S256',
      ...changes,
    };
    const kept = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `${issuer}/oauth/v2/authorize?${new URLSearchParams(kept)}`;
  }

  interface Login {
    user?: string;
    mfa?: boolean;
    browser?: Browser;
    authorize?: Record<string, string | undefined>;
    token?: Record<string, string>;
  }

  async function signIn({ user = 'staff', authorize, mfa = false, browser = new Map() }: Login = {}) {
    const callback = await zitadel.signIn({ authorizeUrl: authorizeUrl(authorize), user, mfa, browser });
    return new URL(callback).searchParams;
  }

  const exchange = (code: string | null, changes: Record<string, string> = {}, headers = {}) =>
    post(
      '/oauth/v2/token',
      {
        grant_type: 'authorization_code',
        code: code ?? '',
        redirect_uri: SEED.redirectUri,
        client_id: SEED.webClientId,
        code_verifier: VERIFIER,
        ...changes,
      },
      headers,
    );

  async function login(options: Login = {}): Promise<Json> {
    const { status, body } = await exchange((await signIn(options)).get('code'), options.token);
    if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
    return body;
  }

  const refresh = (refresh_token: string, changes: Record<string, string> = {}) =>
    post('/oauth/v2/token', {
      grant_type: 'refresh_token',
      refresh_token,
      client_id: SEED.webClientId,
      ...changes,
    });

  const userinfo = (token: string) => get('/oidc/v1/userinfo', { authorization: `Bearer ${token}` });

  const introspect = (token: string) =>
    post('/oauth/v2/introspect', { token }, { authorization: basic(SEED.apiClientId, SEED.apiClientSecret) });

  return { zitadel, clock, issuer, get, post, authorizeUrl, signIn, exchange, login, refresh, userinfo, introspect };
}

export type Bed = ReturnType<typeof createBed>;

export function basic(id: string, secret: string): string {
  return `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;
}

interface KeyFile {
  key: string;
  keyId: string;
  clientId?: string;
  userId?: string;
}

/** An assertion as a client makes it from its key file; `claims` overrides, undefined leaves out. */
export async function signAssertion(
  file: KeyFile,
  { issuer, clock }: Pick<Bed, 'issuer' | 'clock'>,
  claims: Record<string, unknown> = {},
): Promise<string> {
  const pem = createPrivateKey(file.key).export({ type: 'pkcs8', format: 'pem' }).toString();
  const subject = file.clientId ?? file.userId;
  const standard = { iss: subject, sub: subject, aud: issuer, iat: clock.now, exp: clock.now + 600 };
  const payload: JWTPayload = JSON.parse(JSON.stringify({ ...standard, ...claims }));
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'RS256', kid: file.keyId })
    .sign(await importPKCS8(pem, 'RS256'));
}

export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
