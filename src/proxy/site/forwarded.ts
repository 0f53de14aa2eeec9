// What a proxy says of the visitor's side: scheme, host, port, the prefix it took away, and whose address it is.
// RFC 7239 (Forwarded); `X-Forwarded-*` as other proxies have it. A visitor's own fields of these names never pass.

import type { AddressMap } from '../upstream-path.ts';

export interface Visited extends Pick<AddressMap, 'origin' | 'prefix'> {
  /** As the edge saw it. In development nobody says it. */
  readonly address: string | undefined;
}

export function addForwarded(headers: Headers, { origin, prefix, address }: Visited, isStandardToo: boolean): void {
  const [scheme, host] = origin.split('://') as [string, string];
  const port = /:(\d+)$/.exec(host)?.[1] ?? (scheme === 'https' ? '443' : '80');
  headers.set('X-Forwarded-Proto', scheme);
  headers.set('X-Forwarded-Host', host);
  headers.set('X-Forwarded-Port', port);
  if (prefix !== '') headers.set('X-Forwarded-Prefix', prefix);
  if (address !== undefined) headers.set('X-Forwarded-For', address);
  if (!isStandardToo) return;
  const node = address?.includes(':') ? `"[${address}]"` : address;
  headers.set('Forwarded', `${node === undefined ? '' : `for=${node};`}host="${host}";proto=${scheme}`);
}
