// The signed assertion: a short JWT by which an application can tell that a request came through the gateway, and for whom.
// ARCHITECTURE §4 X-Identity-Assertion; RFC 7519, RFC 7515, RFC 8037 (EdDSA), RFC 7638 (thumbprint), RFC 9449 §4.2 (`htm`, `htu`).

import type { Config } from '../config/schema.ts';
import { encodeBase64url } from '../shared/base64url.ts';
import { BoundedMap } from '../shared/isolate/bounded-map.ts';
import { createLazy } from '../shared/isolate/lazy.ts';
import { signJwt } from '../shared/jwt.ts';
import { type Identity, roleKeys } from './identity.ts';

type Jwk = JsonWebKey & { readonly kid?: string };

/** Seconds. */
const LIFE = 60;
const REMEMBERED = 1000;

export interface AssertionDependencies {
  readonly config: Pick<Config, 'assertionKeys' | 'assertionBinding' | 'origin'>;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly randomId: () => string;
  readonly remembered?: AssertionMemory;
}

export interface AssertionRequest {
  readonly identity: Identity;
  /** Origin of the upstream. */
  readonly audience: string;
  /** An assertion is used again for the same session. Without a session, each request has its own. */
  readonly sessionId?: string | undefined;
  readonly method: string;
  /** The public URL; its query is left out. */
  readonly url: string;
}

export interface Assertions {
  /** `undefined` where no key is configured. */
  readonly sign: (request: AssertionRequest) => Promise<string | undefined>;
  /** For the JWKS: nothing but what verifies. */
  readonly publicKeys: () => Promise<readonly Jwk[]>;
}

interface SigningKey {
  readonly key: CryptoKey;
  readonly header: { readonly alg: string; readonly kid: string; readonly typ: 'JWT' };
}

/** Signs claims that hold from `at` (seconds since the epoch). */
type SignNew = (claims: object, audience: string, at: number) => Promise<string>;

export function createAssertions({ config, now, randomId, remembered }: AssertionDependencies): Assertions {
  const { assertionKeys, assertionBinding, origin } = config;
  const [firstKey] = assertionKeys as readonly Jwk[];
  const signingKey = createLazy(() => importSigningKey(firstKey as Jwk));
  const signNew: SignNew = async (claims, audience, at) => {
    const { key, header } = await signingKey();
    return signJwt(key, header, { ...claims, iss: origin, aud: audience, iat: at, exp: at + LIFE, jti: randomId() });
  };
  const signForSession = rememberForSessions(signNew, origin, remembered);

  return {
    async sign({ identity, audience, sessionId, method, url }) {
      if (!firstKey) return undefined;
      const at = Math.floor(now());
      const claims = claimsOf(identity);
      if (assertionBinding === 'request') {
        return signNew({ ...claims, htm: method, htu: url.split(/[?#]/, 1)[0] }, audience, at);
      }
      return sessionId === undefined ? signNew(claims, audience, at) : signForSession(sessionId, claims, audience, at);
    },
    publicKeys: () => Promise.all(assertionKeys.map((jwk) => publicKeyOf(jwk as Jwk))),
  };
}

interface Remembered {
  readonly issuer: string;
  readonly claims: string;
  readonly assertion: string;
  /** Seconds since the epoch. */
  readonly usableUntil: number;
}

/** Of all sites of an isolate together. */
export type AssertionMemory = BoundedMap<string, Remembered>;
export const createAssertionMemory = (): AssertionMemory => new BoundedMap(REMEMBERED);

/** One assertion serves a session's requests to one upstream until half its life is over, or its claims change. */
function rememberForSessions(signNew: SignNew, issuer: string, remembered = createAssertionMemory()) {
  return async (sessionId: string, claims: object, audience: string, at: number): Promise<string> => {
    const key = `${sessionId} ${audience}`;
    const text = JSON.stringify(claims);
    const usable = () => {
      const found = remembered.get(key);
      return found?.issuer === issuer && found.claims === text && at <= found.usableUntil ? found.assertion : undefined;
    };
    const known = usable();
    if (known !== undefined) return known;
    const assertion = await signNew(claims, audience, at);
    // Of requests that came together, the first to finish decides which assertion is remembered.
    const first = usable();
    if (first !== undefined) return first;
    remembered.set(key, { issuer, claims: text, assertion, usableUntil: at + LIFE / 2 });
    return assertion;
  };
}

function claimsOf({ sub, email, roles, org }: Identity): object {
  return {
    sub,
    ...(email !== undefined && { email }),
    roles: roleKeys({ roles }),
    ...(org !== undefined && { org }),
  };
}

const algorithmOf = (jwk: Jwk): string => (jwk.kty === 'OKP' ? 'EdDSA' : 'ES256');

/** RFC 7638 §3.1: the required members, in order, without blanks. */
async function keyIdOf({ kid, kty, crv, x, y }: Jwk): Promise<string> {
  if (kid !== undefined) return kid;
  const members = JSON.stringify({ crv, kty, x, ...(kty === 'EC' && { y }) });
  return encodeBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(members))));
}

async function importSigningKey(jwk: Jwk): Promise<SigningKey> {
  // Members about the key's use (`key_ops`, `use`, `alg: Ed25519`) are left out: an import for signing could refuse them.
  const { kty, crv, x, y, d } = jwk;
  const material = { kty, crv, x, d, ...(y !== undefined && { y }) } as JsonWebKey;
  const algorithm = kty === 'OKP' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('jwk', material, algorithm, false, ['sign']);
  return { key, header: { alg: algorithmOf(jwk), kid: await keyIdOf(jwk), typ: 'JWT' } };
}

async function publicKeyOf(jwk: Jwk): Promise<Jwk> {
  const { kty, crv, x, y } = jwk;
  const parameters = { kty, crv, x, ...(y !== undefined && { y }) } as Jwk;
  return { ...parameters, kid: await keyIdOf(jwk), alg: algorithmOf(jwk), use: 'sig' };
}
