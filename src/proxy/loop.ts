// Recognises a request that has been here before, because its upstream leads back to this gateway.
// The idea is RFC 8586 (CDN-Loop). The header is our own, because servers send uncompressed pages to whoever sends `Via`.

import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';

/** More gateways in a row than anybody has on purpose. */
const MOST_HOPS = 10;

/**
 * This gateway's mark: every isolate writes the same one, another gateway or site writes another, and nobody learns anything from it. One
 * site's application may well call another site.
 */
export function hopIdOf({
  redirect_uri,
  client_id,
  site,
}: Pick<Config, 'redirect_uri' | 'client_id' | 'site'>): string {
  // FNV-1a from both ends. Marks only have to differ, so no cryptography is needed.
  const text = `${redirect_uri} ${client_id}${site === undefined ? '' : ` ${site}`}`;
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
