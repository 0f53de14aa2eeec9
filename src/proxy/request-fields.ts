// What becomes of each header field of a request on its way to the upstream, by its name. Decided once per name and remembered.
// RFC 9110 §10.1.1 (Expect); ARCHITECTURE §4.

import type { Config } from '../config/schema.ts';
import { cookieBase } from '../shared/cookie-base.ts';
import { HOP_BY_HOP, lettersAndDigits } from '../shared/field-names.ts';
import { isBrowserRequest, withoutOwnCookies } from './own-cookies.ts';
import { OWN_ADDRESS_FIELDS, ownAddressToPass } from './site/own-addresses.ts';
import { isSameTrace } from './trace-context.ts';
import type { WayUp } from './upstream-path.ts';

type Disposition = 'pass' | 'drop' | 'cookie' | 'authorization' | 'tracestate' | 'address';

/** Fields that concern one connection, that the runtime writes itself, or that the edge has answered (Expect). */
const DROPPED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'proxy-authorization',
  'http2-settings',
  'expect',
  'host',
  'content-length',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-extensions',
]);

const SPECIAL: Readonly<Record<string, Disposition>> = {
  cookie: 'cookie',
  authorization: 'authorization',
  tracestate: 'tracestate',
};

/** The edge's own fields that tell the application something; all others tell something about the edge. */
const KEPT_OF_THE_EDGE = ['cf-ipcountry', 'cf-ray'];

/**
 * Fields that servers act on before the application does, or that decide about trust. A second spelling that becomes the same name in CGI
 * or WSGI (`Content_Length`) would stand in for the first.
 */
const ONE_SPELLING = new Map(
  [
    'authorization',
    'content-encoding',
    'content-length',
    'content-type',
    'cookie',
    'host',
    'sec-fetch-site',
    'transfer-encoding',
    ...KEPT_OF_THE_EDGE,
    ...OWN_ADDRESS_FIELDS,
  ].map((name) => [lettersAndDigits(name), name]),
);

/** A visitor's `Connection` may name fields of its own, but none that applications rely on. The runtime does the same. */
export const KEPT_FROM_CONNECTION =
  /^(accept|authorization|cache-control|content-|cookie|if-|origin|range|referer|sec-|user-agent)/;

const REMEMBERED_NAMES = 500;

/** Names come in lower case, as Headers iterate. */
function compileDispositions(isReservedName: (name: string) => boolean): (name: string) => Disposition {
  const known = new Map<string, Disposition>();
  return (name) => {
    let disposition = known.get(name);
    if (disposition === undefined) {
      disposition = dispositionOf(name, isReservedName);
      // Visitors invent names; what they invent must not fill the memory.
      if (known.size >= REMEMBERED_NAMES) known.clear();
      known.set(name, disposition);
    }
    return disposition;
  };
}

function dispositionOf(name: string, isReservedName: (name: string) => boolean): Disposition {
  if (DROPPED.has(name) || isReservedName(name)) return 'drop';
  const spelling = ONE_SPELLING.get(lettersAndDigits(name).replace(/^(http)+/, ''));
  if (spelling !== undefined && spelling !== name) return 'drop';
  if (/^(cf-|cdn-loop$)/.test(name) && !KEPT_OF_THE_EDGE.includes(name)) return 'drop';
  if (OWN_ADDRESS_FIELDS.includes(name)) return 'address';
  return Object.hasOwn(SPECIAL, name) ? (SPECIAL[name] as Disposition) : 'pass';
}

/** What the upstream gets of a visitor's field; undefined for nothing. */
type ValueToPass = (name: string, value: string, request: Passing) => string | undefined;

export interface Passing {
  /** All of the visitor's fields. */
  readonly sent: Headers;
  readonly extras: { readonly traceparent: string; readonly consumesAuthorization: boolean };
  readonly addresses: WayUp;
}

export function compileFields(
  { isSecure }: Pick<Config, 'isSecure'>,
  isReservedName: (name: string) => boolean,
): ValueToPass {
  const dispositionOf = compileDispositions(isReservedName);
  const ownBase = cookieBase(isSecure);
  return (name, value, { sent, extras, addresses }) => {
    switch (dispositionOf(name)) {
      case 'pass':
        return value;
      case 'cookie':
        return withoutOwnCookies(value, ownBase, value.includes(',') && isBrowserRequest(sent));
      case 'authorization':
        return extras.consumesAuthorization ? undefined : value;
      case 'address':
        return ownAddressToPass(name, value, addresses);
      case 'tracestate':
        return isSameTrace(sent.get('traceparent'), extras.traceparent) ? value : undefined;
      case 'drop':
        return undefined;
    }
  };
}
