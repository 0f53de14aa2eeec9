// Web keys: what signs ID tokens, JWT access tokens and logout tokens. Two at least, rotated by hand only.
// RFC 7517; the JWKS holds the active key, the next one, and old ones until somebody deletes them.

import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import type { NextId } from './ids.ts';

export const SIGNING_ALGORITHMS = ['EdDSA', 'RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export type SigningKey = CryptoKey | Uint8Array;

interface WebKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
  state: 'active' | 'initial' | 'inactive';
}

export interface WebKeys {
  active(): Promise<WebKey>;
  /** All that are not deleted, in the order of the JWKS. */
  all(): Promise<WebKey[]>;
  /** The next key becomes the active one. Another algorithm makes new keys of its kind. */
  rotate(algorithm?: SigningAlgorithm): Promise<void>;
  /** The id of a new key that does not sign yet. */
  create(algorithm: SigningAlgorithm): Promise<string>;
  /** False if there is no such key. */
  activate(kid: string): Promise<boolean>;
  /** Deletes old keys, or the one named: its tokens and `id_token_hint`s are worthless at once. */
  delete(kid?: string): Promise<void>;
}

type KeyPair = Pick<WebKey, 'privateKey' | 'publicKey' | 'publicJwk'>;

// RSA keys take a moment to make and tests make many instances, so those of one process draw from one pool.
const pool = new Map<SigningAlgorithm, Promise<KeyPair>[]>();

async function generatePair(alg: SigningAlgorithm): Promise<KeyPair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicKey, publicJwk: await exportJWK(publicKey) };
}

function takePooledPair(alg: SigningAlgorithm, index: number): Promise<KeyPair> {
  const pairs = pool.get(alg) ?? [];
  pool.set(alg, pairs);
  pairs[index] ??= generatePair(alg);
  return pairs[index];
}

export function createWebKeys(nextId: NextId, algorithm: SigningAlgorithm, ownKeys: boolean): WebKeys {
  const taken = new Map<SigningAlgorithm, number>();
  let keys: WebKey[] = [];
  let started: Promise<void> | undefined;

  async function create(alg: SigningAlgorithm, state: WebKey['state']): Promise<string> {
    const index = taken.get(alg) ?? 0;
    taken.set(alg, index + 1);
    const pair = await (ownKeys ? generatePair(alg) : takePooledPair(alg, index));
    const kid = nextId();
    keys.push({ ...pair, kid, alg, state, publicJwk: { use: 'sig', ...pair.publicJwk, kid, alg } });
    return kid;
  }

  const ready = (): Promise<void> => {
    started ??= create(algorithm, 'active').then(async () => void (await create(algorithm, 'initial')));
    return started;
  };

  async function active(): Promise<WebKey> {
    await ready();
    const key = keys.find(({ state }) => state === 'active');
    if (!key) throw new Error('the stand-in has no active web key');
    return key;
  }

  return {
    active,
    all: async () => ready().then(() => [...keys]),
    rotate: async (alg) => {
      const old = await active();
      const wanted = alg ?? old.alg;
      if (!keys.some((key) => key.state === 'initial' && key.alg === wanted)) await create(wanted, 'initial');
      const next = keys.find((key) => key.state === 'initial' && key.alg === wanted);
      if (next) next.state = 'active';
      old.state = 'inactive';
      await create(wanted, 'initial');
    },
    create: async (alg) => ready().then(() => create(alg, 'initial')),
    activate: async (kid) => {
      const old = await active();
      const next = keys.find((key) => key.kid === kid);
      if (!next) return false;
      old.state = 'inactive';
      next.state = 'active';
      return true;
    },
    delete: async (kid) => {
      await ready();
      keys = keys.filter((key) => (kid === undefined ? key.state !== 'inactive' : key.kid !== kid));
    },
  };
}

export interface JwtHeader {
  alg: string;
  [name: string]: unknown;
}

/** Signs whatever header it is given, `none` too: a hostile provider keeps to no rule. */
export async function signJwt(claims: object, header: JwtHeader, key: SigningKey): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  if (header.alg === 'none') {
    const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    return `${encoded}.${Buffer.from(payload).toString('base64url')}.`;
  }
  return new CompactSign(payload).setProtectedHeader(header).sign(key);
}
