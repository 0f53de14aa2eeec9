// What the application behind oauth2-proxy reads, and the same names here.
// oauth2-proxy: pass-user-headers, set-xauthrequest, prefer-email-to-user, pass-access-token; injectRequestHeaders, injectResponseHeaders.

import { safeParse } from 'valibot';
import { identityHeaders } from '../../../src/config/header-tables.ts';
import { DEFAULT_HEADERS } from '../../../src/identity/headers.ts';
import { flagOf, listOf, type Table, tableOf, textOf } from '../formats/structured.ts';
import type { Ledger } from '../ledger.ts';
import type { Fields } from '../paths/rules.ts';

export interface Headers {
  /** Missing where the default set is what was asked for. */
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly tokens: Fields;
}

const CLAIMS: Readonly<Record<string, string>> = {
  user: 'sub',
  email: 'email',
  groups: 'roles',
  preferred_username: 'preferred_username',
};

/** The default set, with roles under the name that applications behind oauth2-proxy read. */
const { 'X-Forwarded-Roles': roles = 'roles', ...OTHERS } = DEFAULT_HEADERS;
const USUAL_HEADERS = { ...OTHERS, 'X-Forwarded-Groups': roles };

export function passedHeaders(ledger: Ledger, alpha: Table | undefined): Headers {
  const flag = (name: string, otherwise: boolean) => flagOf(ledger.take(name)) ?? otherwise;
  const names = new Map<string, string>();
  const user = flag('prefer-email-to-user', false) ? 'email' : 'sub';
  const passesUser = [flag('pass-user-headers', true), flag('pass-basic-auth', true)].includes(true);
  if (user === 'email') names.set('X-Forwarded-User', user);
  if (flag('set-xauthrequest', false)) {
    for (const [name, claim] of [
      ['User', user],
      ['Email', 'email'],
      ['Preferred-Username', 'preferred_username'],
      ['Groups', 'roles'],
    ] as const)
      names.set(`X-Auth-Request-${name}`, claim);
    ledger.note(
      'changed',
      'set-xauthrequest',
      'the X-Auth-Request-* names stand in the answer of /auth/check and go to the application',
    );
  }
  const tokens: Record<string, unknown> = {};
  if (flag('pass-access-token', false)) {
    tokens['forward_access_token'] = true;
    ledger.note(
      'changed',
      'pass-access-token',
      'the token arrives as Authorization: Bearer, not as X-Forwarded-Access-Token',
    );
  }
  if ([flag('pass-authorization-header', false), flag('set-authorization-header', false)].includes(true)) {
    tokens['forward_id_token'] = true;
    ledger.note(
      'changed',
      'pass-authorization-header',
      'the ID token arrives as X-Forwarded-Id-Token, not in Authorization',
    );
  }
  for (const list of ['injectRequestHeaders', 'injectResponseHeaders'])
    for (const header of listOf(alpha?.[list])) readInjected(tableOf(header), { names, tokens }, ledger);
  const isDefault = passesUser && alpha?.['injectRequestHeaders'] === undefined;
  if (names.size === 0 && !isDefault) return { names: undefined, tokens };
  return { names: { ...(isDefault && USUAL_HEADERS), ...Object.fromEntries(names) }, tokens };
}

interface Collected {
  readonly names: Map<string, string>;
  readonly tokens: Record<string, unknown>;
}

function readInjected(header: Table, { names, tokens }: Collected, ledger: Ledger): void {
  const name = textOf(header['name']) ?? '';
  const about = `header ${name}`;
  for (const value of listOf(header['values']).map(tableOf)) {
    const { claim, prefix, basicAuthPassword } = { ...value, ...tableOf(value['claimSource']) } as Table;
    const source = textOf(claim);
    if (source === 'access_token') tokens['forward_access_token'] = true;
    else if (source === 'id_token') tokens['forward_id_token'] = true;
    else if (source === undefined || basicAuthPassword !== undefined || textOf(prefix) !== undefined) {
      ledger.note(
        'lost',
        about,
        'fixed values, prefixes and passwords are not sent: the application may ask for UPSTREAM_SECRET, or read the plain claim',
      );
      continue;
    } else if (isHeader(name, CLAIMS[source] ?? source)) names.set(name, CLAIMS[source] ?? source);
    else
      ledger.note(
        'lost',
        about,
        'a header of this name has a meaning that must stand; choose another name in IDENTITY_HEADERS',
      );
    if (source === 'access_token') ledger.note('changed', about, 'the access token arrives as Authorization: Bearer');
    if (source === 'id_token') ledger.note('changed', about, 'the ID token arrives as X-Forwarded-Id-Token');
  }
}

const isHeader = (name: string, claim: string): boolean => safeParse(identityHeaders, { [name]: claim }).success;
