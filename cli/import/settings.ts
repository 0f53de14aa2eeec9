// The variables that every gateway needs, out of what another one calls them. What is missing gets a stand-in with which the gateway starts
// and lets nobody in: no ZITADEL knows it. ARCHITECTURE §1.

import { parseCallbackUrl, parseIssuer, parseUpstream } from '../../src/config/urls.ts';
import { Wanted } from '../../src/config/values.ts';
import { folderOf } from '../../src/endpoints/catalogue.ts';
import type { Secret, Wishes } from './draft.ts';
import type { Ledger } from './ledger.ts';
import { CLOSED, meetPaths, type Rule } from './paths/rules.ts';

export const STAND_IN = {
  domain: 'https://my-instance.zitadel.cloud',
  clientId: 'not-registered-yet',
  host: 'app.example.com',
  upstream: 'https://not-known-yet.invalid',
} as const;

/** OpenID providers that are none of ZITADEL's. */
const FOREIGN =
  /(?:^|\.)(?:google\.com|microsoftonline\.com|windows\.net|okta\.com|okta-emea\.com|oktapreview\.com|auth0\.com|onelogin\.com|github\.com|gitlab\.com|apple\.com|amazonaws\.com|amazoncognito\.com|cloudflareaccess\.com|pingone\.com|jumpcloud\.com)$/i;

export interface Found {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  /** The option that holds it; its value stays where it is. */
  readonly clientSecret?: string | undefined;
  readonly callback?: string | undefined;
  /** Public host, where there is no callback. */
  readonly host?: string | undefined;
  readonly upstream?: string | undefined;
}

export interface Settings {
  /** Those that lead to the gateway itself are closed. */
  readonly rules: readonly Rule[];
  readonly vars: Readonly<Record<string, string>>;
  readonly secrets: readonly Secret[];
}

export function settle(found: Found, wishes: Wishes, rules: readonly Rule[], ledger: Ledger): Settings {
  const domain = wishes.domain ?? zitadelOrigin(found.issuer);
  const isZitadel = domain !== undefined && wishes.domain === undefined;
  if (domain === undefined)
    ledger.note(
      'todo',
      'ZITADEL_DOMAIN',
      'the old provider is not ZITADEL, or not named here: npx postern setup enters it and the client id',
    );
  const clientId = isZitadel && found.clientId ? found.clientId : undefined;
  if (domain !== undefined && clientId === undefined)
    ledger.note(
      'todo',
      'ZITADEL_CLIENT_ID',
      'not known yet: npx postern setup registers the application and enters it',
    );
  const callback = settleCallback(found, wishes, rules, ledger);
  return {
    rules: withoutOwn(rules, (upstream) => isOwn(upstream, callback), ledger),
    vars: {
      UPSTREAM_URL: settleUpstream(found, wishes, { callback, ledger }),
      ZITADEL_DOMAIN: domain ?? STAND_IN.domain,
      ZITADEL_CLIENT_ID: clientId ?? STAND_IN.clientId,
      ZITADEL_CALLBACK_URL: callback,
    },
    secrets: [
      {
        name: 'SESSION_SECRET',
        from: 'a new one: what sealed the old cookies is not taken over',
        command: 'openssl rand -hex 32 | npx wrangler secret put SESSION_SECRET',
      },
      ...(clientId !== undefined && found.clientSecret !== undefined ? [clientSecretFrom(found.clientSecret)] : []),
    ],
  };
}

const clientSecretFrom = (option: string): Secret => ({
  name: 'ZITADEL_CLIENT_SECRET',
  from: `the value of ${option} in the old configuration; none is needed where ZITADEL's application takes PKCE alone`,
  command: 'npx wrangler secret put ZITADEL_CLIENT_SECRET',
});

/** An issuer with a path, or of a provider that everybody knows, is not ZITADEL's. */
function zitadelOrigin(issuer: string | undefined): string | undefined {
  const url = URL.parse((issuer ?? '').trim().replace(/\/\.well-known\/openid-configuration$/, ''));
  if (url?.pathname !== '/' || url.username !== '' || FOREIGN.test(url.hostname)) return undefined;
  const parsed = parseIssuer(url.origin);
  return parsed instanceof Wanted ? undefined : parsed;
}

function settleUpstream(
  { upstream }: Found,
  wishes: Wishes,
  { callback, ledger }: { readonly callback: string; readonly ledger: Ledger },
): string {
  const given = wishes.upstream ?? upstream;
  if (given === undefined || parseUpstream(given) instanceof Wanted) {
    ledger.note(
      'todo',
      'UPSTREAM_URL',
      'the files name no application that could stand here: enter its address, or --upstream URL',
    );
    return STAND_IN.upstream;
  }
  if (isOwn(given, callback)) {
    ledger.note('todo', 'UPSTREAM_URL', becomesOwn(given));
    return STAND_IN.upstream;
  }
  if (isPrivate(given))
    ledger.note(
      'todo',
      'UPSTREAM_URL',
      `${given} is an address that only the old gateway’s machine or network knows: a worker needs one that it can reach (a tunnel with its own hostname, a VPC service)`,
    );
  return given;
}

const isOwn = (upstream: string, callback: string): boolean => new URL(upstream).origin === new URL(callback).origin;

/** A gateway does not call itself. */
export function withoutOwn(
  rules: readonly Rule[],
  isOwnUpstream: (upstream: string) => boolean,
  { note }: Pick<Ledger, 'note'>,
): readonly Rule[] {
  return rules.map((rule) => {
    const { upstream } = rule.fields;
    if (typeof upstream !== 'string' || !isOwnUpstream(upstream)) return rule;
    note('closed', rule.path, becomesOwn(upstream));
    return { ...rule, fields: CLOSED };
  });
}

export const becomesOwn = (upstream: string): string =>
  `${upstream} becomes the gateway’s own address: the application needs another one, which only the gateway knows`;

function isPrivate(upstream: string): boolean {
  const { hostname } = new URL(upstream);
  return (
    !hostname.includes('.') ||
    /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[|.*\.(?:local|localhost|internal|lan|home|svc|cluster\.local)$)/.test(
      hostname,
    )
  );
}

const FOLDERS = ['/auth', '/postern', '/postern-auth'];

/** The redirect URI stays what it was, unless its folder, which is the gateway's own, has pages of the application. */
function settleCallback(found: Found, wishes: Wishes, rules: readonly Rule[], ledger: Ledger): string {
  if (wishes.url !== undefined) return asCallback(wishes.url, rules);
  const old = found.callback === undefined ? undefined : URL.parse(found.callback);
  if (!old || !/^https?:$/.test(old.protocol)) {
    const host = wishes.host ?? found.host;
    if (host === undefined)
      ledger.note('todo', 'ZITADEL_CALLBACK_URL', 'the files do not say the public address: enter it, or --url URL');
    return asCallback(`https://${host ?? STAND_IN.host}`, rules);
  }
  const secure =
    old.protocol === 'https:' || /^(?:localhost|127\.0\.0\.1)$/.test(old.hostname) ? old.origin : `https://${old.host}`;
  if (secure !== old.origin) ledger.note('changed', 'ZITADEL_CALLBACK_URL', 'https, which ZITADEL and browsers demand');
  const kept = `${secure}${old.pathname}`;
  if (!(parseCallbackUrl(kept) instanceof Wanted) && isFree(folderOf(old.pathname), rules)) return kept;
  const fresh = asCallback(secure, rules);
  ledger.note(
    'changed',
    'ZITADEL_CALLBACK_URL',
    `${fresh} instead of the old redirect URI, whose folder would become the gateway’s own: register it (npx postern setup does)`,
  );
  return fresh;
}

/** Of a URL with a path, the whole callback. */
function asCallback(url: string, rules: readonly Rule[]): string {
  const { origin, pathname } = new URL(url);
  if (pathname !== '/') return `${origin}${pathname}`;
  return `${origin}${freeFolder(rules)}/callback`;
}

export const freeFolder = (rules: readonly Rule[]): string =>
  FOLDERS.find((each) => isFree(each, rules)) ?? '/postern-gateway';

/** Rules that are for any folder don't count: they mean none of the application's in particular. */
export const isFree = (folder: string, rules: readonly Rule[]): boolean =>
  folder !== '' && rules.every(({ path }) => path.startsWith('/*') || meetPaths(path, `${folder}/*`) === 'none');
