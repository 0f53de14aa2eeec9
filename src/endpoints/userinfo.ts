// GET /auth/userinfo: the session as JSON, for the application's own scripts. It holds no token, and does not count as activity.
// ARCHITECTURE §2; OIDC Core §5.1 claim names.

import { appendCookies, type Endpoint, faultAnswer, jsonAnswer } from '../answer/answers.ts';
import type { Gateway } from '../gateway.ts';
import type { Session } from '../session/session.ts';
import { idleExpiresAt } from '../session/session.ts';

export const userinfo: Endpoint = (gateway) => async (c) => {
  // The edge says when, too, but not every server does: the times below can't be read by the clock of a device that is wrong. RFC 9110 §6.6.1.
  const headers = { Date: new Date(gateway.now() * 1000).toUTCString() };
  const opened = await gateway.visitorSessions.open(c.req.header('cookie') ?? null, { countsAsActivity: false });
  if (opened.kind !== 'active') {
    const reason = opened.kind === 'ended' ? opened.reason : 'no session';
    return faultAnswer(gateway, c, 'unauthenticated', reason, { headers });
  }
  const { visit } = opened;
  const claims = await gateway.visitorSessions.freshen(visit, gateway.config.claimsMaxAge);
  c.get('event').claims = claims;
  c.get('event').sub = visit.session.identity.sub;
  if (claims === 'ended') return faultAnswer(gateway, c, 'unauthenticated', 'the session has just ended');
  const cookies = await gateway.visitorSessions.renewedCookies(visit);
  const answer = jsonAnswer(gateway, describeSession(gateway, visit.session));
  answer.headers.set('Date', headers.Date);
  return appendCookies(answer, cookies);
};

export function describeSession({ config }: Gateway, session: Session) {
  const { identity, auth_time, amr, id, startedAt, expiresAt } = session;
  const { sub, name, email, preferred_username, roles, org } = identity;
  return {
    sub,
    name,
    email,
    preferred_username,
    roles: Object.keys(roles).sort(),
    org,
    // It is 0 where the provider did not say.
    auth_time: auth_time === 0 ? undefined : auth_time,
    amr,
    session: {
      id,
      started_at: startedAt,
      idle_expires_at: idleExpiresAt(session, config),
      expires_at: expiresAt,
    },
  };
}
