// GET/POST /auth/profile: shows who is signed in, lists their sessions, and has buttons to end these.
// ARCHITECTURE §2; promise 4 ("from another of their devices").

import {
  type AppContext,
  appendCookies,
  type Endpoint,
  faultAnswer,
  pageContext,
  redirectAnswer,
} from '../answer/answers.ts';
import { refusalAnswer } from '../answer/refusal.ts';
import { createConfirmation, FOREIGN_FORM_FAULTS, readOwnForm } from '../gate/own-form.ts';
import type { Gateway } from '../gateway.ts';
import { personOf } from '../identity/person.ts';
import { startLogin } from '../login/start-login.ts';
import { describeUserAgent } from '../pages/device.ts';
import { isNavigation } from '../policy/navigation.ts';
import type { Visit } from '../session/visit.ts';
import { addressOf, withoutQuery } from '../shared/own-address.ts';
import { isRefusal } from '../shared/refusals.ts';
import { endpointUrl } from './catalogue.ts';

export const profile: Endpoint = (gateway) => async (c) => {
  const { config, visitorSessions } = gateway;
  const opened = await visitorSessions.open(c.req.header('cookie') ?? null);
  if (opened.kind !== 'active') return askToSignIn(gateway, c, 'no session');
  const { visit } = opened;
  c.get('event').sub = visit.session.identity.sub;
  if (c.req.method === 'POST') return endOwnSessions(gateway, c, visit);
  const claims = await visitorSessions.freshen(visit, config.claimsMaxAge);
  c.get('event').claims = claims;
  if (claims === 'ended') return askToSignIn(gateway, c, 'the session has just ended');
  const page = await profilePage(gateway, c, visit);
  return appendCookies(page, await visitorSessions.renewedCookies(visit));
};

function askToSignIn(gateway: Gateway, c: AppContext, reason: string): Promise<Response> | Response {
  // A script must not be redirected to ZITADEL's login page, which it may not read.
  if (!isNavigation(c.req.raw.headers, 'GET') || c.req.method === 'POST') {
    return faultAnswer(gateway, c, 'unauthenticated', reason);
  }
  return startLogin(gateway, c.req.raw, { returnTo: withoutQuery(addressOf(c.get('url'))) });
}

async function profilePage(gateway: Gateway, c: AppContext, { session }: Visit): Promise<Response> {
  const { identity, amr, startedAt, expiresAt, id } = session;
  const { site, firstSite } = gateway.config;
  const all = await gateway.directory.ofUser(identity.sub).list();
  // A script of this site's application is not told where else its visitor is signed in.
  const isSeen = isNavigation(c.req.raw.headers, 'GET');
  const sessions = isSeen ? all : all.filter((other) => other.site === site);
  return gateway.pages.profile(pageContext(c), {
    person: personOf(identity),
    organization: identity.orgName ?? identity.org,
    roles: Object.keys(identity.roles).sort(),
    amr,
    startedAt,
    expiresAt,
    csrf: await createConfirmation(gateway, id),
    hasSites: firstSite !== undefined,
    sessions: sessions.map((other) => ({
      id: other.id,
      isCurrent: other.id === id,
      site: firstSite && (other.site ?? firstSite),
      device: describeUserAgent(other.device.userAgent ?? ''),
      place: other.device.place,
      startedAt: other.startedAt,
      seenAt: other.id === id ? Math.max(other.seenAt, session.seenAt) : other.seenAt,
    })),
  });
}

async function endOwnSessions(gateway: Gateway, c: AppContext, { session }: Visit): Promise<Response> {
  const fields = await readOwnForm(gateway, c, session.id);
  if (isRefusal(fields)) return refusalAnswer(gateway, c, FOREIGN_FORM_FAULTS, fields);
  const chosen = fields.get('session') ?? '';
  const object = gateway.directory.ofUser(session.identity.sub);
  const selection = chosen === 'others' ? { allExcept: session.id } : { id: chosen };
  const { ended } = await object.end(selection, 'logout_elsewhere', false);
  // A session that is not the visitor's own has not ended, and must not count as ended in this isolate.
  if (chosen !== 'others' && ended > 0) gateway.visitorSessions.markEnded(chosen, 'logout_elsewhere');
  c.get('event').decision = `ended_${ended}_sessions`;
  return redirectAnswer(gateway, endpointUrl(gateway.config, 'profile'), 303);
}
