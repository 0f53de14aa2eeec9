// The authorization server's metadata, fetched once, kept for an hour, and served stale while ZITADEL is away.
// OpenID Connect Discovery 1.0 §3, §4.3; RFC 9700 §2.1.1 (PKCE must be known to be supported).

import type { AuthorizationServer } from 'oauth4webapi';
import { GatewayError } from '../errors.ts';
import { createKeptAnswer } from './kept-answer.ts';
import { ask, readObject } from './provider-answer.ts';
import { providerFault } from './provider-errors.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import type { Members } from './tokens/jws.ts';

/** Seconds. */
const MAX_AGE = 3600;

export interface ProviderMetadata {
  /** Throws `provider_unavailable` when there is none and none can be had. */
  load(signal?: AbortSignal): Promise<AuthorizationServer>;
  /** Asks now, whatever is known; for readiness. Throws `provider_unavailable`. */
  reload(signal?: AbortSignal): Promise<AuthorizationServer>;
}

interface Dependencies {
  readonly issuer: string;
  readonly fetch: ProviderFetch;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createProviderMetadata({ issuer, fetch, ...rest }: Dependencies): ProviderMetadata {
  const request = (signal?: AbortSignal) => requestMetadata(issuer, fetch, signal);
  const { load, read } = createKeptAnswer({ ...rest, request, maxAge: MAX_AGE });
  return { load, reload: read };
}

async function requestMetadata(
  issuer: string,
  fetch: ProviderFetch,
  signal: AbortSignal | undefined,
): Promise<AuthorizationServer> {
  let metadata: Members;
  try {
    metadata = await readObject(await ask(fetch, `${issuer}/.well-known/openid-configuration`, signal));
  } catch (cause) {
    // Whatever is wrong with the metadata, no login of this visitor caused it.
    throw new GatewayError('provider_unavailable', `metadata: ${providerFault(cause).reason}`, { cause });
  }
  const problem = findProblem(metadata, issuer);
  if (problem !== undefined) throw new GatewayError('provider_unavailable', `metadata: ${problem}`);
  return metadata as unknown as AuthorizationServer;
}

const REQUIRED = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
const OPTIONAL = [
  'userinfo_endpoint',
  'revocation_endpoint',
  'end_session_endpoint',
  'introspection_endpoint',
] as const;

function findProblem(metadata: Members, issuer: string): string | undefined {
  // The same letters, not just the same place (Discovery §4.3): `iss` of every token is compared with it.
  if (metadata['issuer'] !== issuer) return 'issuer is another';
  for (const name of [...REQUIRED, ...OPTIONAL]) {
    const value = metadata[name];
    if (value === undefined && !REQUIRED.includes(name as (typeof REQUIRED)[number])) continue;
    // Visitors are sent there, with codes and hints: nowhere without TLS, unless the issuer itself is (on loopback).
    const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
    const isFit = protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
    if (!isFit) return `${name} is missing or no URL to go to`;
  }
  const methods = metadata['code_challenge_methods_supported'];
  return Array.isArray(methods) && methods.includes('S256') ? undefined : 'code_challenge_methods_supported lacks S256';
}
