// Hosts that only this machine or this network knows: neither a deployed worker nor ZITADEL gets there.
// RFC 6890; ZITADEL's own deny-list for back-channel URIs is the same.

import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../src/config/urls.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const internal = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const)
  internal.addSubnet(net, prefix);
internal.addSubnet('fc00::', 7, 'ipv6');
internal.addSubnet('fe80::', 10, 'ipv6');

export type Reach = 'loopback' | 'private' | 'public';

/** Of a URL's host name as it stands; `addresses` are what its name leads to, where that is known. */
export function reachOf(hostname: string, addresses: readonly string[] = []): Reach {
  if (isLoopback(hostname)) return 'loopback';
  const bare = hostname.replace(/^\[|\]$/g, '');
  const all = isIP(bare) === 0 ? addresses : [bare];
  if (all.some((address) => isIn(loopback, address))) return 'loopback';
  if (all.some((address) => isIn(internal, address))) return 'private';
  return isIP(bare) === 0 && /^[^.]+$|\.(?:local|internal|lan|home\.arpa)$/.test(bare) ? 'private' : 'public';
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
