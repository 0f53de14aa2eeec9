// Header fields: the names that applications trust in every spelling, those of connections, honest ones; and values of all kinds.

import fc from 'fast-check';
import { anyText, asFieldValue, mutated } from './text.ts';

export type Field = readonly [name: string, value: string];

const TRUSTED = [
  ...['x forwarded user', 'x forwarded roles', 'x forwarded for', 'x forwarded host', 'remote user', 'x staff'],
  ...['x real ip', 'x original url', 'x gateway secret', 'x gateway hop', 'x identity assertion', 'forwarded'],
  ...['x http method override', 'x auth request user', 'x request id', 'proxy', 'x rewrite url', 'cf connecting ip'],
];
const OTHERS = [
  ...['accept', 'accept-language', 'user-agent', 'content-type', 'content_type', 'if-none-match', 'range', 'x-kept'],
  ...['cookie', 'authorization', 'tracestate', 'traceparent', 'connection', 'keep-alive', 'te', 'upgrade', 'expect'],
  ...['transfer-encoding', 'content-length', 'proxy-authorization', 'http2-settings', 'host', 'origin', 'referer'],
  ...['__proto__', 'constructor', 'toString', 'http_cookie', 'http-http-remote-user', 'cf-ray', 'cf_ray', 'cdn-loop'],
];
const sign = fc.constantFrom('-', '-', '_', '.', '', '!', '~', "'", '__', '-_');

const spelled = fc
  .tuple(fc.constantFrom(...TRUSTED), fc.array(sign, { minLength: 5, maxLength: 5 }), fc.nat(2), fc.boolean())
  .map(([words, signs, prefixes, isUpper]) => {
    const [first = '', ...rest] = words.split(' ');
    const name = 'http_'.repeat(prefixes) + rest.reduce((text, word, index) => text + signs[index] + word, first);
    return isUpper ? name.toUpperCase() : name;
  });

export const fieldName = fc.oneof(
  spelled,
  fc.constantFrom(...OTHERS),
  fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/),
);

const VALUES = [
  ...[
    'evil',
    'a, b',
    'close',
    'keep-alive, x-kept',
    'X-Forwarded-User, cookie',
    'close, Accept, content-type',
    'user-agent,range',
    'Basic YTpi',
    'Bearer abc',
    'a=b; c',
  ],
  ...['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '__Host-postern=SECRET; a=b', '127.0.0.1', 'upgrade'],
  ...[
    '0123456789abcdef, fedcba9876543210',
    '"quoted, \\" comma"',
    'text/html;q=0.5, */*',
    '99999999999999999999',
    '-1',
  ],
];

/** Shorter than the hosts with capital letters that `URL.canParse` accepts and `new URL` refuses. */
export const LONGEST_FIELD = 16_000;

/** As it can travel. `Headers` take the blanks away at its ends. */
export const fieldValue = fc
  .oneof(fc.constantFrom(...VALUES), mutated(VALUES, VALUES, LONGEST_FIELD), anyText)
  .map(asFieldValue);

export const fields: fc.Arbitrary<readonly Field[]> = fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 10 });

export function toHeaders(given: readonly Field[]): Headers {
  const headers = new Headers();
  for (const [name, value] of given) headers.append(name, value);
  return headers;
}
