// The request that another proxy asks about, read from the proxy's headers. `undefined` when they are incomplete or contradict each other.
// ARCHITECTURE §2 GET /auth/check; docs/forward-auth.md; RFC 3986 §2.5 (bytes of UTF-8).

export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  /** As sent, without query: URL parsers tidy up what a rule has to see. */
  readonly path: string;
}

/** Traefik and Caddy send the first family of names; nginx, ingress-nginx and Envoy, by convention, the second. */
const FAMILIES = [
  { method: 'x-forwarded-method', targets: ['x-forwarded-uri'] },
  { method: 'x-original-method', targets: ['x-original-uri', 'x-original-url'] },
];
/**
 * A target has no blanks, so that two lines of a header, which arrive joined by a comma and a blank, are refused. nginx says bytes that are
 * not ASCII as they came, and the runtime reads them as UTF-8. What is none became U+FFFD, and nobody knows any more what it was.
 */
const TARGET = /^(?:(https?:)\/\/([^/?#]+))?(\/[\x21-\x7e\u0080-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]*)$/iu;
const METHOD = /^(?!CONNECT$|TRAC[EK]$)[A-Z][A-Z-]*$/;
const HOST = /^[a-z0-9.:[\]-]+$/i;

/** As the public site is called, whatever the scheme on the way from the proxy to here. */
interface Own {
  /** Of the question. It is meant where no other is named. */
  readonly host: string;
  readonly protocol: string;
}

/**
 * The caller must have proved itself, but it passes on what a visitor sent, too: all that is said of the method, the target and the host
 * has to agree.
 */
export function parseAskedRequest(headers: Headers, own: Own): AskedRequest | undefined {
  const method = methodOf(headers);
  const said = FAMILIES.flatMap(({ targets }) => targets.flatMap((name) => headers.get(name) ?? []));
  const [first, ...others] = said.map((uri) => TARGET.exec(uri));
  const target = first?.[3];
  if (!method || !target || others.some((other) => other?.[3] !== target)) return undefined;
  const host = hostOf(headers.get('x-forwarded-host'), [first, ...others], own);
  const written = target.replace(/[^\x21-\x7e]+/gu, encodeURIComponent);
  const url = host && URL.parse(`${own.protocol}//${host}${written}`);
  return url ? { method, url: url.href, path: written.replace(/\?.*/, '') } : undefined;
}

/** Whoever names a method by one family of names names a target by it, too. */
function methodOf(headers: Headers): string | undefined {
  const told = FAMILIES.map(({ method, targets }) => ({
    method: headers.get(method),
    hasTarget: targets.some((name) => headers.has(name)),
  })).filter(({ method, hasTarget }) => method !== null || hasTarget);
  const [first] = told;
  const isAgreed = told.every(({ method, hasTarget }) => hasTarget && method === first?.method);
  return first?.method && isAgreed && METHOD.test(first.method) ? first.method : undefined;
}

/** Without the port where it is the scheme's usual one. A target without a host is one of the question's, so that no further one can give it another. */
function hostOf(forwarded: string | null, targets: readonly (RegExpExecArray | null)[], own: Own): string | undefined {
  const named = targets.flatMap((target) => (target?.[2] ? [{ protocol: target[1], host: target[2] }] : []));
  const beside = named.length < targets.length ? [own] : [];
  const said = [...(forwarded === null ? beside : [{ protocol: own.protocol, host: forwarded }]), ...named];
  const [host, ...others] = said.map(({ protocol, host }) =>
    HOST.test(host) ? URL.parse(`${protocol}//${host}`)?.host : undefined,
  );
  return others.every((other) => other === host) ? host : undefined;
}

/** How a proxy wants to be answered, where its kind needs something else than nginx. */
export interface CheckWishes {
  /** Somebody who goes to a page and has to sign in. */
  readonly unauthenticated: '401' | 'redirect';
  /** Envoy takes 200 alone. */
  readonly allowed: 204 | 200;
}

/** Envoy puts the visitor's path and query behind what is its own: that ends at the first slash. `undefined` for a value that is none. */
export function parseCheckWishes(search: string): CheckWishes | undefined {
  const own = new URLSearchParams(search.split('/', 1)[0]);
  const unauthenticated = own.get('unauthenticated') ?? '401';
  const allowed = own.get('allowed') ?? '204';
  if (unauthenticated !== '401' && unauthenticated !== 'redirect') return undefined;
  return allowed === '200' || allowed === '204'
    ? { unauthenticated, allowed: allowed === '200' ? 200 : 204 }
    : undefined;
}
