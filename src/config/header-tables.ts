// The tables whose keys are header names: IDENTITY_HEADERS (to the upstream) and SECURITY_HEADERS (to the visitor).
// RFC 9110 §5.1 (token), §5.5 (field values), §7.6.1 (hop-by-hop).

import { type Table, table, Wanted } from './values.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** What an application sees in a name: WSGI, CGI and PHP fold case and signs. */
const foldHeaderName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

const HOP_BY_HOP =
  'connection keepalive proxyconnection proxyauthenticate proxyauthorization te trailer transferencoding upgrade';
const FRAMING = 'contentlength contenttype contentencoding contentrange expect host cookie setcookie';

const NOT_IDENTITY = new Set(
  `${HOP_BY_HOP} ${FRAMING} authorization forwarded xforwardedfor xforwardedhost xforwardedproto xforwardedport xforwardedmethod xforwardeduri xforwardedidtoken xrealip xgatewaysecret xgatewayhop xidentityassertion xrequestid traceparent tracestate proxy xoriginalurl xoriginaluri xoriginalmethod xrewriteurl xhttpmethod xhttpmethodoverride xmethodoverride cfconnectingip`.split(
    ' ',
  ),
);
const NOT_SECURITY = new Set(`${HOP_BY_HOP} ${FRAMING} location xrequestid`.split(' '));

export const identityHeaders = table('a table of header names and claims', (name, value, all) => {
  const wrong = judgeName(name, all, NOT_IDENTITY);
  if (wrong !== undefined) return wrong;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : new Wanted('the name of a claim');
});

export const securityHeaders = table(
  'a table of header names and values',
  (name, value, all): string | false | Wanted => {
    const wrong = judgeName(name, all, NOT_SECURITY);
    if (wrong !== undefined) return wrong;
    if (value === false) return false;
    const isSafe = typeof value === 'string' && /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
    if (value === 'false') return new Wanted('false without quotes, to leave the header out');
    return isSafe ? value : new Wanted('the header’s value in printable ASCII, or false to leave the header out');
  },
);

function judgeName(name: string, all: Table, refused: ReadonlySet<string>): Wanted | undefined {
  const folded = foldHeaderName(name);
  if (!TOKEN.test(name) || folded === '') return new Wanted('a header name: letters, digits and hyphens');
  if (refused.has(folded)) return new Wanted('another header name: this one has a meaning that must stand');
  const twin = Object.keys(all).find((other) => other !== name && foldHeaderName(other) === folded);
  return twin === undefined
    ? undefined
    : new Wanted(`one of ${name} and ${twin}: an application may take them for the same`);
}
