// Which of the provider's sessions a browser holds: Login V2 keeps them in its own cookie, V1 knows the browser by its agent.

import { randomBytes } from 'node:crypto';
import type { Exchange, Instance } from './instance.ts';
import type { SsoSession } from './sessions.ts';
import type { User } from './store.ts';
import { agentOf, readCookie } from './user-agent.ts';

const COOKIE_NAME = 'sessions';

/** All sessions that this browser can prove, ended ones too; V2's the newest first. */
export function loadBrowserSessions(instance: Instance, request: Request, version: 'v1' | 'v2'): SsoSession[] {
  const { sso } = instance.sessions;
  if (version === 'v1') return sessionsOfAgent(instance, agentOf(request));
  return readCookie(request, COOKIE_NAME)
    .split('~')
    .flatMap((item) => {
      const [id = '', secret] = item.split('.');
      const session = sso.get(id);
      return session && session.secret === secret ? [session] : [];
    });
}

export function sessionsOfAgent({ sessions }: Instance, agent: string): SsoSession[] {
  return [...sessions.sso.values()].filter((session) => session.agent === agent);
}

export function isSessionValid(instance: Instance, session: SsoSession): boolean {
  const user = instance.store.users.get(session.userId);
  const isFresh = session.authTime + instance.lifetimes.passwordCheck > instance.now();
  return !session.isTerminated && user?.state === 'active' && isFresh;
}

/** With an agent it is V1's. */
export function createSsoSession(instance: Instance, user: User, amr: string[], agent?: string): SsoSession {
  const id = instance.nextId();
  const session: SsoSession = {
    id,
    sid: agent === undefined ? id : `V1_${id}`,
    secret: randomBytes(24).toString('base64url'),
    userId: user.id,
    agent,
    authTime: instance.now(),
    amr,
    isTerminated: false,
  };
  instance.sessions.sso.set(id, session);
  return session;
}

export function sessionCookie({ issuer }: Exchange, sessions: SsoSession[]): string {
  const value = sessions.map(({ id, secret }) => `${id}.${secret}`).join('~');
  const secure = issuer.startsWith('https:') ? '; Secure' : '';
  const life = value === '' ? '; Max-Age=0' : '';
  return `${COOKIE_NAME}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${life}`;
}
