// A request object by value (JAR). RFC 9101 §6; ZITADEL takes RS256 with the client's own keys only.

import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Exchange, Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import { findApplicationByClientId } from './store.ts';

const INVALID = new OAuthError('invalid_request', 'request object invalid');

/** The parameters of the request, those of its `request` object laid over them. */
export async function readRequestObject(instance: Instance, { params, issuer }: Exchange): Promise<URLSearchParams> {
  const request = params.get('request');
  if (request === null) return params;
  const merged = new URLSearchParams(params);
  for (const [name, value] of Object.entries(await verify(instance, request, issuer))) {
    if (typeof value === 'string') merged.set(name, value);
  }
  return merged;
}

async function verify(instance: Instance, request: string, issuer: string): Promise<Record<string, unknown>> {
  try {
    const client = findApplicationByClientId(instance.store, decodeJwt(request).iss ?? '');
    const key = client?.keys.get(decodeProtectedHeader(request).kid ?? '');
    if (!client || !key) throw INVALID;
    const { payload } = await jwtVerify(request, key.publicKey, {
      algorithms: ['RS256'],
      issuer: client.clientId,
      audience: issuer,
      currentDate: new Date(instance.now() * 1000),
    });
    return payload;
  } catch (cause) {
    // jose refuses in many ways; the client hears of one.
    if (cause instanceof Error && 'code' in cause) throw INVALID;
    throw cause instanceof TypeError ? INVALID : cause;
  }
}
