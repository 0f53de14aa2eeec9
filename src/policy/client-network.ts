// Who counts as one client where something is counted: an IPv4 address, or the network that an IPv6 subscriber has whole.
// RFC 6177 §2 (a /64 at the least); the address is the edge's word (CF-Connecting-IP), whatever the visitor sent.

/** Undefined where nobody says, as in development without Wrangler. */
export function clientNetworkOf(headers: Headers): string | undefined {
  const address = headers.get('cf-connecting-ip') ?? undefined;
  if (!address?.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address
    .toLowerCase()
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...(tail ?? [])];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
