// Names of header fields: when two of them are one, which concern a single connection, and which the gateway uses in its own name.
// RFC 9110 §5.1, §5.6.2 (token), §7.6.1 (Connection); RFC 3875 §4.1.18 (CGI's HTTP_ names).

/** By which the upstream learns that a request came through the gateway, how often, and for whom. */
export const GATEWAY_SECRET = 'X-Gateway-Secret';
export const GATEWAY_HOP = 'X-Gateway-Hop';
export const IDENTITY_ASSERTION = 'X-Identity-Assertion';

export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** No proxy passes these on, in either direction, whatever `Connection` says. */
export const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
] as const;

/**
 * What is left of a name once WSGI, CGI or PHP has folded its case and turned every other sign into `_`. An application may take two names
 * for one when these are the same.
 */
export function lettersAndDigits(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** What `Connection` says of the connection itself, in nearly every message that has it. */
const OF_THE_CONNECTION = new Set(['', 'keep-alive', 'close', 'upgrade']);

/** The fields that a `Connection` header takes away with it, in lower case; those that match `kept` it cannot take away. */
export function namedByConnection(connection: string | null, kept: RegExp): ReadonlySet<string> | undefined {
  const names = (connection ?? '').toLowerCase().split(',');
  const named = names.map((name) => name.trim()).filter((name) => !OF_THE_CONNECTION.has(name) && !kept.test(name));
  return named.length === 0 ? undefined : new Set(named);
}
