// Where Apache passes requests on: ProxyPass of the site in their order, before them those within a Location.
// httpd: mod_proxy, ProxyPass.

import { judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import { parseAddress } from '../addresses.ts';
import type { Directive } from '../formats/apache.ts';
import type { Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { CLOSED, EVERYWHERE, type Fields, type Rule } from '../paths/rules.ts';

export interface Proxy {
  readonly path: string;
  readonly target: string;
  readonly isRegex: boolean;
}

/** `within` is the path of the Location. */
export function readProxies(body: readonly Directive[], within?: string): readonly Proxy[] {
  return body.flatMap(({ name, args }) => {
    if (!/^proxypass(?:match)?$/.test(name)) return [];
    const plain = args.filter((arg) => !/^[a-z]+=/i.test(arg) && !/^(?:interpolate|noquery|nocanon)$/i.test(arg));
    const [first, second] = plain;
    if (first === undefined) return [];
    const isRegex = name === 'proxypassmatch';
    if (second === undefined) return within === undefined ? [] : [{ path: within, target: first, isRegex: false }];
    return [{ path: first, target: second, isRegex }];
  });
}

export interface Proxied {
  readonly main: string | undefined;
  readonly rules: readonly Rule[];
  /** What is passed on at all. */
  readonly paths: readonly string[];
}

export function proxyRules(proxies: readonly Proxy[], ledger: Ledger): Proxied {
  const root = proxies.find(({ path, isRegex, target }) => !isRegex && path === '/' && addressOf(target) !== undefined);
  const address = addressOf(root?.target);
  const main = address === undefined ? undefined : new URL(address.url).origin;
  const rules = proxies.flatMap((proxy) => rulesOf(proxy, main, ledger));
  const paths = rules.filter(({ fields }) => fields !== CLOSED).map(({ path }) => path);
  return { main, rules: [...rules, { path: EVERYWHERE, fields: {} }], paths };
}

/** WebSockets go where everything goes. */
const addressOf = (target: string | undefined) => parseAddress(target?.replace(/^ws(s?):\/\//i, 'http$1://'));

function rulesOf({ path, target, isRegex }: Proxy, main: string | undefined, ledger: Ledger): readonly Rule[] {
  const about = `ProxyPass ${path}`;
  const close = (why: string, paths: readonly string[]): readonly Rule[] => {
    ledger.note('closed', about, why);
    return paths.map((each) => ({ path: each, fields: CLOSED, why: about }));
  };
  const plain = isRegex ? prefixOf(path, target) : { path, target };
  if (plain === undefined) return close('a path can’t be made by an expression', pathsOfRegex(path).around);
  const base = plain.path.replace(/\/+$/, '');
  const written = base === '' ? EVERYWHERE : `${base}/*`;
  if (judgePath(written) instanceof Wanted || base.includes('*'))
    return close('no rule can have this path: all is closed', [EVERYWHERE]);
  const address = addressOf(plain.target.replace(/\$\{?\d\}?.*$/, ''));
  if (address === undefined) {
    const why = plain.target === '!' ? 'Apache answered this by itself' : 'only http and https lead to an application';
    return close(`${why}: write the address of what answers there`, [written]);
  }
  if (address.hadCredentials) ledger.note('lost', about, 'the credentials in its address');
  return [{ path: written, fields: fieldsOf(base, address, main) }];
}

function fieldsOf(
  base: string,
  address: { readonly url: string; readonly path: string },
  main: string | undefined,
): Fields {
  const { origin } = new URL(address.url);
  const own = address.path.replace(/\/+$/, '');
  if (own === base) return origin === main ? {} : { upstream: origin };
  const isMain = origin === main && own === '';
  return { ...(!isMain && { upstream: `${origin}${own}` }), ...(base !== '' && { strip_prefix: true }) };
}

/** `^/app/(.*)$` to `http://app/$1` is a prefix, too. */
function prefixOf(path: string, target: string): { readonly path: string; readonly target: string } | undefined {
  const prefix = /^\^(\/(?:[\w.~-]+\/)*)(?:\(\.\*\)|\.\*)?\$?$/.exec(path)?.[1];
  return prefix !== undefined && /^[a-z]+:\/\/[^$]*(?:\$1)?$/.test(target) ? { path: prefix, target } : undefined;
}
