// From what the operator typed, in flags or at prompts, to answers; what makes no sense is refused before anything is asked of ZITADEL.

import { isLoopback } from '../../src/config/urls.ts';
import { UsageError } from '../support/failure.ts';
import type { Person } from '../zitadel-api/users.ts';
import type { GrantWanted, RoleWanted } from './wanted.ts';

/** An origin; without a scheme it gets one. Plain HTTP is for loopback only. */
export function parseDomain(typed: string, flag = '--domain'): string {
  const example = flag === '--domain' ? 'https://my-instance.zitadel.cloud' : 'http://localhost:8787';
  const url = parseUrl(typed, flag, example);
  if (url.pathname !== '/' || url.search || url.hash) {
    throw new UsageError(`${flag} is an origin, without a path: ${url.origin}`);
  }
  return url.origin;
}

export function parsePublicUrl(typed: string): string {
  const url = parseUrl(typed, '--url', 'https://app.example.com');
  const isFine = url.pathname === '/' || /^\/.+\/[^/]+$/.test(url.pathname);
  if (!isFine || url.search || url.hash) {
    throw new UsageError(
      '--url is the gateway’s origin (https://app.example.com), or the whole callback URL in a folder',
      ['such as https://app.example.com/auth/callback'],
    );
  }
  return url.pathname === '/' ? url.origin : url.origin + url.pathname;
}

/** `service:NAME` is another worker. */
export function parseUpstream(typed: string): string {
  if (/^service:\w+$/.test(typed)) return typed;
  const url = URL.parse(typed.trim());
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return typed.trim().replace(/\/$/, '');
  throw new UsageError(`--upstream is the application’s URL, not ${typed || 'nothing'}`, [
    'such as https://app-origin.example.net',
  ]);
}

function parseUrl(typed: string, flag: string, example: string): URL {
  const text = typed.trim();
  const isBareLoopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/.test(text);
  const url = URL.parse(/^\w+:\/\//.test(text) ? text : `${isBareLoopback ? 'http' : 'https'}://${text}`);
  if (!url || text === '' || url.username || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${flag} is a URL, not ${text || 'nothing'}`, [`such as ${example}`]);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(`${flag} begins with https:// unless it is on this machine`, [`such as ${example}`]);
  }
  return url;
}

/** `admin`, or `admin=Administrator`. */
export function parseRole(typed: string): RoleWanted {
  const [key = '', ...name] = typed.split('=');
  const displayName = name.join('=').trim();
  if (key.trim() === '' || /[\s,]/.test(key.trim())) {
    throw new UsageError(`a role is KEY or KEY=Name, not ${typed || 'nothing'}`, [
      'such as --role "admin=Administrator"',
    ]);
  }
  return { key: key.trim(), displayName: displayName === '' ? key.trim() : displayName };
}

/** `Alice Smith <alice@example.com>` */
export function parsePerson(typed: string): Person {
  const [, name = '', email = ''] = /^\s*([^<>]+?)\s*<\s*([^\s<>@]+@[^\s<>@]+)\s*>\s*$/.exec(typed) ?? [];
  const [givenName = '', ...rest] = name.split(/\s+/);
  const familyName = rest.join(' ');
  if (email === '' || familyName === '') {
    throw new UsageError(`a person is "Given Family <address>", not ${typed || 'nothing'}`, [
      'such as "Alice Smith <alice@example.com>"',
    ]);
  }
  return { givenName, familyName, email };
}

/** `alice@example.com=admin,staff` */
export function parseGrant(typed: string): GrantWanted {
  const at = typed.lastIndexOf('=');
  const user = typed.slice(0, Math.max(0, at)).trim();
  const roles = splitList(typed.slice(at + 1));
  if (user === '' || roles.length === 0) {
    throw new UsageError(`a grant is USER=ROLE,ROLE, not ${typed || 'nothing'}`, [
      'such as alice@example.com=admin,staff',
    ]);
  }
  return { user, roles };
}

export const splitList = (typed: string): readonly string[] =>
  typed
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
