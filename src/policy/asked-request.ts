// The request that another proxy asks about, read from the proxy's headers. `undefined` when they are incomplete or contradict each other.
// ARCHITECTURE §2 GET /auth/check; docs/forward-auth.md.

export interface AskedRequest {
  readonly method: string;
  readonly url: string;
  /** As sent, without query: URL parsers tidy up what a rule has to see. */
  readonly path: string;
}

/** Traefik and Caddy send the first family of names; nginx and Envoy, by convention, the second. */
const FAMILIES = ['x-forwarded', 'x-original'];
/** A target has no blanks, so that two lines of a header, which arrive joined by a comma and a blank, are refused. */
const TARGET = /^(?:https?:\/\/([^/?#]+))?(\/[\x21-\x7e]*)$/i;
const METHOD = /^(?!CONNECT$|TRAC[EK]$)[A-Z][A-Z-]*$/;
const HOST = /^[a-z0-9.:[\]-]+$/i;

/**
 * `own`: URL of the request that asks; its host is meant where no other is named. The caller must have proved itself, but it passes on what
 * a visitor sent, too: where both families are there, they have to agree.
 */
export function parseAskedRequest(headers: Headers, own: URL): AskedRequest | undefined {
  const told = FAMILIES.map((family) => [headers.get(`${family}-method`), headers.get(`${family}-uri`)] as const);
  const [first, second = first] = told.filter(([method, uri]) => method !== null || uri !== null);
  const [method, uri] = first ?? [];
  if (!method || !uri || second?.[0] !== method || second[1] !== uri || !METHOD.test(method)) return undefined;
  const [, named, target] = TARGET.exec(uri) ?? [];
  if (!target) return undefined;
  const hosts = [headers.get('x-forwarded-host'), named].filter((host) => typeof host === 'string');
  const urls = (hosts.length > 0 ? hosts : [own.host]).map((host) =>
    HOST.test(host) ? URL.parse(`${own.protocol}//${host}${target}`) : null,
  );
  const [url, other = url] = urls;
  if (!url || url.host !== other?.host) return undefined;
  return { method, url: url.href, path: target.replace(/\?.*/, '') };
}
