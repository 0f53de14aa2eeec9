// The WWW-Authenticate header of an answer to a client that brought no token, a bad one, or one that is not enough.
// RFC 6750 §3; RFC 9470 §3 (step-up); RFC 9728 §5.1 (resource_metadata).

import type { Config } from '../config/schema.ts';
import { ENDPOINTS } from '../endpoints/catalogue.ts';

export interface Challenge {
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'insufficient_user_authentication';
  readonly error_description?: string;
  /** Space-separated. */
  readonly scope?: string;
  readonly acr_values?: string;
  /** Seconds since the sign-in. */
  readonly max_age?: number;
}

/** Without an `error` nothing came that could be wrong (RFC 6750 §3.1). */
export function bearerChallenge(
  { origin, takesBearer }: Pick<Config, 'origin' | 'takesBearer'>,
  challenge: Challenge = {},
) {
  const { error, error_description, scope, acr_values, max_age } = challenge;
  const parameters = {
    realm: origin,
    error,
    error_description,
    scope,
    acr_values,
    max_age,
    resource_metadata: takesBearer ? origin + ENDPOINTS.resourceMetadata.wellKnown : undefined,
  };
  const written = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return `Bearer ${written.map(([name, value]) => `${name}="${quotable(String(value))}"`).join(', ')}`;
}

/** The characters that RFC 6750 §3 allows in a value; nothing of them needs escaping. */
function quotable(text: string): string {
  return text.replace(/[^ !#-[\]-~]/g, '?');
}
