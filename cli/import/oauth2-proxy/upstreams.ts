// Where oauth2-proxy sends what passes: the upstream whose path is the longest that fits, and nobody's path is 404.
// oauth2-proxy: upstream, upstreamConfig. The path of an upstream's address says which requests it gets; they go up as they came.

import { judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import { parseAddress } from '../addresses.ts';
import { durationOf, flagOf, listOf, type Table, tableOf, textOf } from '../formats/structured.ts';
import type { Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { CLOSED, EVERYWHERE, type Fields, type Rule } from '../paths/rules.ts';
import { AS_PUBLIC } from '../upstream-host.ts';
import { listFrom } from './lists.ts';

export interface Upstreams {
  /** The one of everything else. */
  readonly main: string | undefined;
  readonly rules: readonly Rule[];
  /** Another proxy passes requests on, and only asks. */
  readonly onlyAsks: boolean;
}

interface Upstream {
  readonly path: string;
  readonly uri: string;
  readonly rewriteTarget?: string | undefined;
  readonly timeout?: number | undefined;
  readonly passesHost: boolean;
}

export function upstreamRules(ledger: Ledger, alpha: Table): Upstreams {
  const timeout = durationOf(ledger.take('upstream-timeout'));
  const passesHost = flagOf(ledger.take('pass-host-header')) !== false;
  const legacy: readonly Upstream[] = listFrom(ledger.take('upstream')).map((uri) => ({
    ...legacyPath(uri),
    timeout,
    passesHost,
  }));
  const { upstreamConfig, upstreams } = alpha;
  const all = [
    ...legacy,
    ...listOf(tableOf(upstreamConfig)['upstreams'] ?? upstreams).map((each) => fromAlpha(tableOf(each))),
  ];
  if (all.length === 0) return { main: undefined, rules: [{ path: EVERYWHERE, fields: {} }], onlyAsks: true };
  const sorted = all.toSorted(
    (a, b) =>
      Number(b.rewriteTarget !== undefined) - Number(a.rewriteTarget !== undefined) || b.path.length - a.path.length,
  );
  const main = sorted.findLast(({ uri }) => parseAddress(uri) !== undefined);
  const address = parseAddress(main?.uri)?.url;
  const mainUrl = address === undefined ? undefined : new URL(address).origin;
  const rules = sorted.flatMap((upstream) => rulesOf(upstream, mainUrl, ledger));
  const answersAll = rules.some(({ path }) => path === EVERYWHERE);
  const rest: Rule = { path: EVERYWHERE, fields: CLOSED, why: 'no upstream has this path' };
  return {
    main: mainUrl,
    rules: answersAll ? rules : [...rules, rest],
    onlyAsks: all.every(({ uri }) => uri.startsWith('static:')),
  };
}

function legacyPath(uri: string): Pick<Upstream, 'path' | 'uri'> {
  const url = URL.parse(uri);
  if (!url || /^(?:static|unix):$/.test(url.protocol)) return { path: '/', uri };
  if (url.protocol === 'file:') return { path: decodePath(url.hash.slice(1) || url.pathname), uri };
  return { path: decodePath(url.pathname || '/'), uri };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Broken, and then no rule's path.
    return path;
  }
}

function fromAlpha(upstream: Table): Upstream {
  const isStatic = flagOf(upstream['static']) === true;
  return {
    path: textOf(upstream['path']) ?? '/',
    uri: isStatic ? `static://${textOf(upstream['staticCode']) ?? '200'}` : (textOf(upstream['uri']) ?? ''),
    rewriteTarget: textOf(upstream['rewriteTarget']),
    timeout: durationOf(upstream['timeout']),
    passesHost: flagOf(upstream['passHostHeader']) !== false,
  };
}

function rulesOf(upstream: Upstream, main: string | undefined, ledger: Ledger): readonly Rule[] {
  const { path, uri } = upstream;
  const about = `upstream for ${path}`;
  if (upstream.rewriteTarget !== undefined) return rewritten(upstream, main, ledger);
  const written = path.endsWith('/') ? `${path}*` : path;
  if (judgePath(written) instanceof Wanted) {
    ledger.note('closed', about, 'no rule can have this path: everything is closed until it is mended');
    return [{ path: EVERYWHERE, fields: CLOSED, why: about }];
  }
  const fields = fieldsOf(upstream, main, about, ledger);
  return [{ path: written, fields, ...(fields === CLOSED && { why: `${about}: ${uri.split(':')[0]}` }) }];
}

function fieldsOf(
  { uri, timeout, passesHost }: Upstream,
  main: string | undefined,
  about: string,
  ledger: Ledger,
): Fields {
  const address = parseAddress(uri);
  if (uri.startsWith('static://2')) {
    ledger.note(
      'todo',
      about,
      'oauth2-proxy answered these by itself, so another proxy asks: it asks /auth/check now (docs/forward-auth.md); these rules say what that answers',
    );
    return {};
  }
  if (address === undefined) {
    ledger.note(
      'closed',
      about,
      'files, sockets and fixed answers are not served here: put a web server in front of them and write its address',
    );
    return CLOSED;
  }
  if (address.hadCredentials)
    ledger.note(
      'lost',
      about,
      'the credentials in its address: nothing sends them here; the application may ask for UPSTREAM_SECRET instead',
    );
  const { origin } = new URL(address.url);
  return {
    ...(origin !== main && { upstream: origin }),
    ...(timeout !== undefined && { timeout }),
    ...(passesHost && AS_PUBLIC),
  };
}

/** Only a prefix that is cut off: `^/app/(.*)$` to `/$1`. */
function rewritten(upstream: Upstream, main: string | undefined, ledger: Ledger): readonly Rule[] {
  const { path, rewriteTarget } = upstream;
  const about = `upstream for ${path}`;
  const prefix = /^\^(\/[\w./~-]*\w)\/\((?:\.\*|\.\+)\)\$?$/.exec(path)?.[1];
  if (prefix !== undefined && /^\/?\$\{?1\}?$/.test(rewriteTarget ?? '')) {
    const fields = fieldsOf(upstream, main, about, ledger);
    return [{ path: `${prefix}/*`, fields: fields === CLOSED ? CLOSED : { ...fields, strip_prefix: true } }];
  }
  ledger.note('closed', about, 'rewriteTarget: a rule can cut a prefix off (strip_prefix), and no more');
  return pathsOfRegex(path).around.map((each) => ({ path: each, fields: CLOSED, why: about }));
}
