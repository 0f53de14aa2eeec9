// GET /auth/resubmit: after a login, shows the page that sends the kept form again, or leads to an address too long for a cookie.
// ARCHITECTURE §3 first row.

import { type Endpoint, pageContext, redirectAnswer } from '../answer/answers.ts';
import { personOf } from '../identity/person.ts';
import { browserOf } from '../login/browser-traits.ts';
import { FORM_FIELD, readFormToken } from '../login/form-token.ts';
import type { KeptAddress } from '../login/kept-form.ts';
import { startLogin } from '../login/start-login.ts';
import { addressOf } from '../shared/own-address.ts';

export const resubmit: Endpoint = (gateway) => async (c) => {
  const { config, directory, keyring, visitorSessions, pages } = gateway;
  const url = c.get('url');
  const opened = await visitorSessions.open(c.req.header('cookie') ?? null);
  if (opened.kind !== 'active') return startLogin(gateway, c.req.raw, { returnTo: addressOf(url) });
  const { identity } = opened.visit.session;
  const { sub } = identity;
  const text = url.searchParams.get('form') ?? '';
  const token = await readFormToken(gateway, text, sub);
  const kept = token && (await directory.ofLogin(token.key).kept());
  const address = kept && (await keyring.unseal<KeptAddress>('form-address', kept.address));
  if (address?.kind !== 'ok') return redirectAnswer(gateway, config.origin + config.postLoginUrl);
  const { returnTo, formerSub, browser } = address.value;
  // The form was sent already, or another user wrote it: only its page is left to go to.
  if (!kept?.hasForm || (formerSub ?? sub) !== sub) return redirectAnswer(gateway, config.origin + returnTo);
  // A visitor without a former session is known by the login's cookie alone, which may have been planted: so they are asked.
  const isTheirs = formerSub !== undefined || browser === browserOf(c.req.raw.headers);
  const form = { action: returnTo, enctype: 'text/plain', fields: [[FORM_FIELD, text]] } as const;
  return pages.resubmit(pageContext(c), { ...form, person: personOf(identity), waits: !isTheirs });
};
