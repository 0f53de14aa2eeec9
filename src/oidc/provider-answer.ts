// Plain questions to ZITADEL (metadata, keys, userinfo), and the JSON object that answers them.
// RFC 8414 §3.2; OIDC Core §5.3.2. What asks for tokens, or with the gateway's credentials, goes through oauth4webapi.

import * as oauth from 'oauth4webapi';
import type { ProviderFetch } from './provider-fetch.ts';
import type { Members } from './tokens/jws.ts';

/** As oauth4webapi's own, so that one table judges both. */
class NotAnAnswer extends Error {
  readonly code = oauth.RESPONSE_IS_NOT_CONFORM;

  constructor(cause: Response) {
    super('not the JSON object that was asked for', { cause });
  }
}

export function ask(
  fetch: ProviderFetch,
  url: string,
  signal: AbortSignal | undefined,
  authorization?: string,
): Promise<Response> {
  const headers = { accept: 'application/json', ...(authorization !== undefined && { authorization }) };
  return fetch(url, { method: 'GET', headers, signal });
}

/** Throws what `providerFault` understands. */
export async function readObject(response: Response): Promise<Members> {
  if (response.status !== 200) throw new NotAnAnswer(response);
  const value: unknown = await response.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) throw new NotAnAnswer(response);
    throw error;
  });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotAnAnswer(response);
  return value as Members;
}
