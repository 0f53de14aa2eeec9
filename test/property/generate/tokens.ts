// Signed tokens that are wrong in one or several points: claims, header, key, kind, spelling.

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { applyEdits, type Edit, editsWith, writeJson } from './json.ts';
import { applySteps, type Step, stepsWith } from './text.ts';

export type Alg = 'RS256' | 'ES256' | 'EdDSA';

interface Pair {
  readonly alg: Alg;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

async function createPair(alg: Alg, kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

const ALGS: readonly Alg[] = ['RS256', 'ES256', 'EdDSA'];
const createPairs = async (prefix: string) => {
  const pairs = await Promise.all(ALGS.map((alg) => createPair(alg, `${prefix}-${alg}`)));
  return new Map(pairs.map((pair) => [pair.alg, pair]));
};
const pairs = Promise.all([createPairs('ours'), createPairs('theirs')]);

/** What the provider publishes. */
export async function publishedKeys(): Promise<{ keys: JWK[] }> {
  const [ours] = await pairs;
  return { keys: [...ours.values()].map(({ publicJwk }) => publicJwk) };
}

export interface TokenRecipe {
  readonly alg: Alg;
  /** `strangers` under the provider's key id, `public`: with the published key as a secret (RFC 8725 §2.1). */
  readonly signedBy: 'provider' | 'stranger' | 'public' | 'nobody';
  readonly claims: readonly Edit[];
  readonly header: readonly Edit[];
  readonly steps: readonly Step[];
}

const HEADER_VALUES = [
  ...['none', 'None', 'HS256', 'RS256', 'ES256', 'EdDSA', 'PS256', 'at+jwt', 'JWT', 'logout+jwt', 'application/at+jwt'],
  ...['ours-RS256', 'ours-ES256', 'theirs-ES256', ['b64'], { kty: 'oct', k: 'AA' }, 'https://evil.example/jwks'],
];
const HEADER_NAMES = ['alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'x5u', 'cty', 'zip', 'enc'];

/** `values` and `names`: of the claims. A signature by RSA takes a millisecond, so there are fewer of them. */
export function tokenRecipe(values: readonly unknown[], names: readonly string[]): fc.Arbitrary<TokenRecipe> {
  const none = <T>() => fc.constant<readonly T[]>([]);
  const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
    fc.oneof({ arbitrary: usual, weight: 3 }, { arbitrary: odd, weight: 1 });
  return fc.record({
    alg: fc.constantFrom<Alg>('RS256', 'ES256', 'ES256', 'EdDSA', 'EdDSA'),
    signedBy: mostly(
      fc.constant<TokenRecipe['signedBy']>('provider'),
      fc.constantFrom<TokenRecipe['signedBy']>('stranger', 'public', 'nobody'),
    ),
    claims: fc.oneof(none<Edit>(), editsWith(values, names), editsWith(values, names)),
    header: mostly(none<Edit>(), editsWith(HEADER_VALUES, HEADER_NAMES)),
    steps: mostly(none<Step>(), stepsWith(['.', '..', '=', 'A', '-', '_', 'e30'])),
  });
}

export async function mint(claims: object, recipe: TokenRecipe): Promise<string> {
  const [ours, theirs] = await pairs;
  const pair = (recipe.signedBy === 'stranger' ? theirs : ours).get(recipe.alg) as Pair;
  const kid = `ours-${recipe.alg}`;
  const header = asObject(applyEdits({ alg: recipe.alg, kid, typ: 'JWT' }, recipe.header));
  const payload = writeJson(applyEdits(claims, recipe.claims));
  return applySteps(await sign(header, payload, pair, recipe.signedBy), recipe.steps);
}

/** Of the honest token nothing was changed. */
export function isHonestToken({ signedBy, claims, header, steps }: TokenRecipe): boolean {
  return signedBy === 'provider' && claims.length + header.length + steps.length === 0;
}

/** Whatever the header says, the signature is the key's own algorithm's. */
async function sign(header: object, payload: string, pair: Pair, by: TokenRecipe['signedBy']): Promise<string> {
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const input = `${encode(writeJson(header))}.${encode(payload)}`;
  if (by === 'nobody') return `${input}.`;
  if (by === 'public') {
    const secret = Buffer.from(JSON.stringify(pair.publicJwk));
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }
  return `${input}.${Buffer.from(await crypto.subtle.sign(SIGNING[pair.alg], pair.privateKey, Buffer.from(input))).toString('base64url')}`;
}

const SIGNING = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const;

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : { alg: value };
}
