// The tables whose keys are header names: IDENTITY_HEADERS (to the upstream) and SECURITY_HEADERS (to the visitor).
// RFC 9110 §5.5 (field values).

import {
  GATEWAY_HOP,
  GATEWAY_SECRET,
  HOP_BY_HOP,
  IDENTITY_ASSERTION,
  lettersAndDigits,
  TOKEN,
} from '../shared/field-names.ts';
import { type Table, table, Wanted } from './values.ts';

/** Names that say how a message is read, whoever sends it. */
const FRAMING =
  'content-length content-type content-encoding content-range expect host cookie set-cookie proxy-authorization x-request-id';
/** Names that tell the application where a request came from, or how it was meant. */
const ORIGIN =
  'authorization origin referer destination if forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port x-forwarded-prefix x-forwarded-method x-forwarded-uri x-forwarded-id-token x-real-ip traceparent tracestate proxy x-original-url x-original-uri x-original-method x-rewrite-url x-http-method x-http-method-override x-method-override cf-connecting-ip';

const foldedSet = (...names: readonly string[]): ReadonlySet<string> => new Set(names.map(lettersAndDigits));

const NOT_SECURITY = foldedSet(...HOP_BY_HOP, ...FRAMING.split(' '), 'location');
const NOT_IDENTITY = foldedSet(
  ...[...HOP_BY_HOP, ...FRAMING.split(' '), ...ORIGIN.split(' ')],
  ...[GATEWAY_SECRET, GATEWAY_HOP, IDENTITY_ASSERTION],
);

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
  const folded = lettersAndDigits(name);
  if (!TOKEN.test(name) || folded === '') return new Wanted('a header name: letters, digits and hyphens');
  if (refused.has(folded)) return new Wanted('another header name: this one has a meaning that must stand');
  const twin = Object.keys(all).find((other) => other !== name && lettersAndDigits(other) === folded);
  return twin === undefined
    ? undefined
    : new Wanted(`one of ${name} and ${twin}: an application may take them for the same`);
}
