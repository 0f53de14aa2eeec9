// Whose attempts count together: one IPv4 address, or one IPv6 network of 64 bits, which is what one customer has at least.
// The edge says it in CF-Connecting-IP, whatever the visitor sent; in development nobody does. RFC 4291 §2.2 (`::`), RFC 6177.

export function clientNetwork(headers: Headers): string | undefined {
  const address = headers.get('cf-connecting-ip')?.toLowerCase() ?? '';
  if (!/^[0-9a-f.:]{2,45}$/.test(address)) return undefined;
  // An IPv4 address that is written as IPv6 counts as IPv4.
  if (!address.includes(':') || address.includes('.')) return address.replace(/^.*:/, '');
  const [head = '', tail] = address.split('::', 2);
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const between = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const all = [...front, ...Array<string>(between).fill('0'), ...back];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
