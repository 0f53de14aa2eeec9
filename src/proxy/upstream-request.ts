// From a visitor's request to the upstream's: address and header fields. Pure; the body is not looked at.
// ARCHITECTURE §4; RFC 9110 §7.6 (forwarding); RFC 6750 §2.1.

import type { Config, UpstreamTarget, UpstreamTerms } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import type { HeaderList } from '../identity/headers.ts';
import { GATEWAY_SECRET, IDENTITY_ASSERTION, namedByConnection } from '../shared/field-names.ts';
import { isSameTarget } from '../shared/upstream-target.ts';
import { compileFields, KEPT_FROM_CONNECTION, type Passing } from './request-fields.ts';
import { calledAs } from './site/called-as.ts';
import { addForwarded } from './site/forwarded.ts';
import { type AddressMap, mapAddress } from './upstream-path.ts';
import { isDamaged } from './written-anew.ts';

/** Header fields that say who somebody is, and prove it. */
export interface IdentityExtras {
  /** Empty for nobody. */
  readonly identityHeaders: HeaderList;
  readonly assertion?: string | undefined;
  /** Replaces whatever `Authorization` came. */
  readonly accessToken?: string | undefined;
  readonly idToken?: string | undefined;
}

/** What the gateway says to the upstream in its own name. */
export interface UpstreamExtras extends IdentityExtras {
  readonly requestId: string;
  /** From nextTraceparent. */
  readonly traceparent: string;
  /** The visitor's bearer token was meant for the gateway, and stays here. */
  readonly consumesAuthorization: boolean;
}

export interface VisitorRequest {
  readonly url: string;
  readonly headers: Headers;
}

export interface UpstreamRequest {
  readonly url: string;
  readonly headers: Headers;
  /** For the way back. */
  readonly addresses: AddressMap;
}

export type BuildUpstreamRequest = (
  request: VisitorRequest,
  terms: UpstreamTerms,
  extras: UpstreamExtras,
) => UpstreamRequest;

export type UpstreamRequestConfig = Pick<
  Config,
  'upstream' | 'upstreamHost' | 'forwarded' | 'isSecure' | 'upstreamSecrets' | 'namedSecrets'
>;

export function compileUpstreamRequest(
  config: UpstreamRequestConfig,
  isReservedName: (name: string) => boolean,
): BuildUpstreamRequest {
  const valueToPass = compileFields(config, isReservedName);

  return (request, terms, extras) => {
    const target = terms.upstream ?? config.upstream;
    if (!target) throw new GatewayError('not_found', 'no application is here');
    const called = calledAs(config, terms);
    const addresses = mapAddress(request.url, target, terms.strip_prefix, called);
    // Copying all fields at once and deleting some is faster: setting each would cross into the runtime and back.
    const headers = new Headers(request.headers);
    const named = namedByConnection(headers.get('Connection'), KEPT_FROM_CONNECTION);
    const passing: Passing = { sent: request.headers, extras, addresses };
    for (const [name, value] of request.headers) {
      const passed = named?.has(name) ? undefined : valueToPass(name, value, passing);
      if (passed === undefined) headers.delete(name);
      else if (passed !== value || isJoined(value)) headers.set(name, passed);
    }
    const address = clientAddress(request.headers.get('CF-Connecting-IP'));
    addForwarded(headers, { ...addresses, address }, config.forwarded === true);
    addOwn(headers, extras);
    const secret = secretFor(config, target, terms.upstream_secret);
    if (secret !== undefined) headers.set(GATEWAY_SECRET, secret);
    return { url: addresses.url, headers, addresses };
  };
}

/**
 * Whether it may have come on several lines. A value that was judged as one has to arrive in one: of two an application might read the
 * first. Bytes that are no UTF-8 would not survive it, and nothing is judged by them.
 */
const isJoined = (value: string): boolean => value.includes(',') && !isDamaged(value);

/** Whoever has UPSTREAM_SECRET can speak for the gateway: it goes to UPSTREAM_URL alone. Other upstreams get the secret that is theirs. */
function secretFor(
  config: UpstreamRequestConfig,
  target: UpstreamTarget,
  name: string | undefined,
): string | undefined {
  if (name !== undefined) return config.namedSecrets[name]?.[0];
  return isSameTarget(target, config.upstream) ? config.upstreamSecrets[0] : undefined;
}

function addOwn(headers: Headers, extras: UpstreamExtras): void {
  headers.set('X-Request-Id', extras.requestId);
  headers.set('traceparent', extras.traceparent);
  setIdentity(headers, extras);
}

export function setIdentity(headers: Headers, extras: IdentityExtras): void {
  for (const [name, value] of identityFields(extras)) headers.set(name, value);
}

/** All that a request says of who somebody is, and proves it by. */
export function identityFields({ identityHeaders, assertion, accessToken, idToken }: IdentityExtras): HeaderList {
  if (assertion === undefined && accessToken === undefined && idToken === undefined) return identityHeaders;
  const proofs = [
    [IDENTITY_ASSERTION, assertion],
    ['Authorization', accessToken && `Bearer ${accessToken}`],
    ['X-Forwarded-Id-Token', idToken],
  ] as const;
  return [
    ...identityHeaders,
    ...proofs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  ];
}

/** The edge writes the visitor's address into this field, whatever the visitor sent. In development nobody writes it. */
function clientAddress(value: string | null): string | undefined {
  return value !== null && /^[0-9a-f.:]{2,45}$/i.test(value) ? value : undefined;
}
