// Recognises a request that has been here before: the upstream is, by whatever detour, the gateway itself.
// The idea is RFC 8586 (CDN-Loop). A header of our own, since servers answer `Via` with uncompressed pages.

import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';

/** More gateways in a row than anybody has on purpose. */
const MOST_HOPS = 10;

/** What this gateway writes for itself: the same in every isolate, different in the next gateway, and telling nobody anything. */
export function hopIdOf({ redirect_uri, client_id }: Pick<Config, 'redirect_uri' | 'client_id'>): string {
  // FNV-1a, twice from different ends: it only has to differ.
  const text = `${redirect_uri} ${client_id}`;
  return hash(text) + hash([...text].reverse().join(''));
}

function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}

/**
 * The header's next value.
 * @throws GatewayError `upstream_loop`
 */
export function nextHops(incoming: string | null, hopId: string): string {
  const hops = (incoming ?? '')
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => /^[0-9a-f]{16}$/.test(hop));
  if (hops.includes(hopId)) throw new GatewayError('upstream_loop', 'the request came back to the gateway');
  if (hops.length >= MOST_HOPS) throw new GatewayError('upstream_loop', 'the request came through too many gateways');
  return [...hops, hopId].join(', ');
}
