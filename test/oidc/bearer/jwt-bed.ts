import type { SigningKey } from '../../../stand-in/keys.ts';
import type { Bed } from './bed.ts';

export type Json = Record<string, unknown>;
export const ISSUER = 'https://zitadel.test';

export const mint = (bed: Bed, claims: Json = {}) => bed.zitadel.mintAccessToken({ sub: 'admin', jwt: true, claims });

/** A token whose claims are exactly what `change` makes of a good one's. */
export function mintChanged(bed: Bed, change: (claims: Json) => Json, header: Json = {}, key?: SigningKey) {
  bed.zitadel.tamper.accessToken = (claims, given) => ({
    claims: change(claims),
    header: { ...given, ...header } as typeof given,
    ...(key && { key }),
  });
  return mint(bed);
}

export const without = (name: string) => (claims: Json) =>
  Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
export const partsOf = (token: string) => token.split('.') as [string, string, string];

/** ZITADEL's own signature on a payload that no library would write. */
export async function signText(bed: Bed, payload: string, header: Json = {}): Promise<string> {
  const { privateKey, kid, alg } = await bed.zitadel.webKeys.active();
  const signed = `${encode({ alg, kid, typ: 'JWT', ...header })}.${Buffer.from(payload).toString('base64url')}`;
  const bytes = new TextEncoder().encode(signed);
  const signature = await crypto.subtle.sign({ name: 'RSASSA-PKCS1-v1_5' }, privateKey as CryptoKey, bytes);
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

export const headerOf = (token: string) => JSON.parse(Buffer.from(partsOf(token)[0], 'base64url').toString());
