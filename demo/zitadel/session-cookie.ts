// The provider's own cookie: which of its sessions this browser holds. Login V2 calls it `sessions`, V1 `zitadel.useragent`.

import { randomBytes } from 'node:crypto';
import type { Exchange, Instance } from './instance.ts';
import type { SsoSession } from './sessions.ts';
import type { User } from './store.ts';

const COOKIE_NAMES = { v1: 'zitadel.useragent', v2: 'sessions' } as const;

function readCookie(request: Request, name: string): string {
  const pairs = (request.headers.get('cookie') ?? '').split(/;\s*/);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** All sessions that this browser can prove, newest first, ended ones too. */
export function loadBrowserSessions(instance: Instance, request: Request): SsoSession[] {
  const items = readCookie(request, COOKIE_NAMES[instance.settings.loginVersion]).split('~');
  return items.flatMap((item) => {
    const [id = '', secret] = item.split('.');
    const session = instance.sessions.sso.get(id);
    return session && session.secret === secret ? [session] : [];
  });
}

export function isSessionValid(instance: Instance, session: SsoSession): boolean {
  const user = instance.store.users.get(session.userId);
  const isFresh = session.authTime + instance.lifetimes.passwordCheck > instance.now();
  return !session.isTerminated && user?.state === 'active' && isFresh;
}

export function createSsoSession(instance: Instance, user: User, amr: string[]): SsoSession {
  const id = instance.nextId();
  const session: SsoSession = {
    id,
    sid: instance.settings.loginVersion === 'v1' ? `V1_${id}` : id,
    secret: randomBytes(24).toString('base64url'),
    userId: user.id,
    authTime: instance.now(),
    amr,
    isTerminated: false,
  };
  instance.sessions.sso.set(id, session);
  return session;
}

export function sessionCookie(instance: Instance, { issuer }: Exchange, sessions: SsoSession[]): string {
  const value = sessions.map(({ id, secret }) => `${id}.${secret}`).join('~');
  const secure = issuer.startsWith('https:') ? '; Secure' : '';
  const life = value === '' ? '; Max-Age=0' : '';
  return `${COOKIE_NAMES[instance.settings.loginVersion]}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${life}`;
}
