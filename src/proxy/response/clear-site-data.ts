// The upstream's Clear-Site-Data. Clearing all cookies would clear the gateway's too, so the application's are deleted one by one.
// Clear Site Data §3.1 (the header), §4.1 (cookies of the whole domain go); RFC 6265bis §5.7 (what deletes a cookie).

import { isOwnCookie } from '../own-cookies.ts';
import { rawPathOf } from '../upstream-path.ts';
import { writeSetCookies } from '../written-anew.ts';

/** Types that are cleared as they were asked for, and what `*` becomes. A type that nobody knows yet might mean cookies too. */
const HARMLESS = ['cache', 'clientHints', 'executionContexts', 'prefetchCache', 'prerenderCache', 'storage'];

/** Set-Cookie lines for all cookies at all places together. */
const MAX_LINES = 100;
/** Characters of a cookie's path; browsers overlook a longer one (RFC 6265bis §5.6). */
const MAX_PATH = 1024;

/** The request as the upstream got it, with its public address. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Headers;
}

/** Changes `headers`, which have Clear-Site-Data. The application's own new cookies come after the deletions. */
export function clearSiteData(headers: Headers, cookieBase: string, sent: SentRequest | undefined): void {
  const types = (headers.get('Clear-Site-Data') ?? '').split(',').map((type) => type.trim());
  const isAll = types.includes('"*"');
  const kept = isAll ? HARMLESS.map((type) => `"${type}"`) : types.filter(isHarmless);
  headers.delete('Clear-Site-Data');
  if (kept.length > 0) headers.set('Clear-Site-Data', kept.join(', '));
  if (!sent || !(isAll || types.includes('"cookies"'))) return;
  writeSetCookies(headers, [...deletions(sent, cookieBase), ...headers.getSetCookie()]);
}

function isHarmless(type: string): boolean {
  const [, name = ''] = /^"(\w+)(?::[^",]*)?"$/.exec(type) ?? [];
  return HARMLESS.includes(name);
}

/** A browser deletes a cookie only by its exact name, path and domain. A request tells the name alone, so all that fit are named. */
function deletions({ url, headers }: SentRequest, cookieBase: string): string[] {
  const all = cookieNames(headers.get('Cookie') ?? '').filter((name) => !isOwnCookie(name, cookieBase));
  const names = all.slice(0, MAX_LINES);
  const domains = ['', ...domainsOf(new URL(url).hostname).map((domain) => `; Domain=${domain}`)];
  const places = pathsOf(url).flatMap((path) => domains.map((domain) => `; Path=${path}${domain}`));
  const lines = places.slice(0, MAX_LINES).flatMap((place, at) =>
    // Browsers take a cookie with a prefix only if it is Secure, and one with `__Host-` only for the whole host.
    names.flatMap((name) =>
      isHostName(name) && at > 0 ? [] : [`${name}=; Max-Age=0${place}; HttpOnly${secure(name)}`],
    ),
  );
  return lines.slice(0, MAX_LINES);
}

const isHostName = (name: string): boolean => /^__host-/i.test(name);
const secure = (name: string): string => (name.startsWith('__') ? '; Secure' : '');

function cookieNames(header: string): string[] {
  const names = header.split(';').map((pair) => pair.split('=', 1)[0]?.trim() ?? '');
  return [...new Set(names)].filter((name) => /^[\x21-\x7e]+$/.test(name));
}

/** `/`, then every folder of the path, with and without the slash at its end, as far as one can be written in a cookie. */
function pathsOf(url: string): string[] {
  const [path = '/'] = rawPathOf(url).slice(0, MAX_PATH).split(/[?;]/, 1);
  const folders = [...path.matchAll(/(?!^)\/|$/g)].map(({ index }) => path.slice(0, index));
  return [
    ...new Set(['/', ...folders.flatMap((folder) => (folder === '' || folder === '/' ? [] : [folder, `${folder}/`]))]),
  ];
}

/** The host's own and those above it, the top alone left out; none for a number or `localhost`. */
function domainsOf(host: string): string[] {
  const labels = host.split('.');
  if (/^[\d.]+$|:/.test(host)) return [];
  return labels.slice(0, -1).map((_, at) => labels.slice(at).join('.'));
}
