// POST /auth/backchannel-logout: ZITADEL says that a session over there has ended.
// OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8. ZITADEL repeats anything but 2xx and 400.

import { type Endpoint, jsonAnswer } from '../answer/answers.ts';
import type { Gateway } from '../gateway.ts';
import { wordsOf } from '../oidc/tokens/token-refusal.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { readPostedFields } from '../shared/posted-fields.ts';

export const backchannelLogout: Endpoint = (gateway) => async (c) => {
  const token = await readLogoutToken(c.req.raw);
  if (token === undefined) return refuse(gateway, 'exactly one logout_token in a form is wanted');
  // Without ZITADEL's keys nothing can be judged; another status than 400 makes ZITADEL ask again.
  const checked = await gateway.relyingParty.verifyLogoutToken(token, clientNetwork(c.req.raw.headers));
  if (checked.kind === 'refused') {
    c.get('event').reason = wordsOf(checked.refusal);
    return refuse(gateway, 'the logout token is not valid');
  }
  const logoutToken = checked.value;
  const { sid, iat, exp, jti } = logoutToken;
  const sub = logoutToken.sub ?? (await gateway.directory.ofProviderSession(sid ?? '').pointedTo());
  c.get('event').decision = 'backchannel_logout';
  // Nobody of that session is signed in here: nothing to end is no error (§2.7).
  if (sub === undefined) return jsonAnswer(gateway, {});
  c.get('event').sub = sub;
  const notice = { iat, exp, jti, ...(sid !== undefined && { sid }) };
  const outcome = await gateway.directory.ofUser(sub).takeLogoutNotice(notice);
  if (outcome === 'replayed') return refuse(gateway, 'this logout token has been used');
  return jsonAnswer(gateway, {});
};

/** Exactly one: of two, somebody else might read the other. */
async function readLogoutToken(request: Request): Promise<string | undefined> {
  const [token, ...others] = (await readPostedFields(request))?.getAll('logout_token') ?? [];
  return token && others.length === 0 ? token : undefined;
}

function refuse(gateway: Gateway, error_description: string): Response {
  return jsonAnswer(gateway, { error: 'invalid_request', error_description }, 400);
}
