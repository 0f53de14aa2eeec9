// POST /auth/backchannel-logout: ZITADEL says that a session over there has ended.
// OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8. ZITADEL repeats anything but 2xx and 400.

import { type AppContext, type Endpoint, jsonAnswer } from '../answer/answers.ts';
import type { Gateway } from '../gateway.ts';
import type { LogoutToken } from '../oidc/tokens/logout-token.ts';
import { wordsOf } from '../oidc/tokens/token-refusal.ts';
import { clientNetwork } from '../shared/client-network.ts';
import { readPostedFields } from '../shared/posted-fields.ts';
import { isRefusal } from '../shared/refusals.ts';

type Refusal =
  | { readonly tag: 'no_logout_token' }
  /** `reason`: the check that failed. */
  | { readonly tag: 'bad_logout_token'; readonly reason: string }
  | { readonly tag: 'used_logout_token' };

/** What the sender is told (§2.8). */
const DESCRIPTIONS = {
  no_logout_token: 'exactly one logout_token in a form is wanted',
  bad_logout_token: 'the logout token is not valid',
  used_logout_token: 'this logout token has been used',
} satisfies Record<Refusal['tag'], string>;

export const backchannelLogout: Endpoint = (gateway) => async (c) => {
  const token = await readLogoutToken(gateway, c.req.raw);
  if (isRefusal(token)) return refuse(gateway, c, token);
  const { sid, iat, exp, jti } = token;
  const sub = token.sub ?? (await gateway.directory.ofProviderSession(sid ?? '').pointedTo());
  c.get('event').decision = 'backchannel_logout';
  // Nobody has signed in here with that session. To have nothing to end is no error (§2.7).
  if (sub === undefined) return jsonAnswer(gateway, {});
  c.get('event').sub = sub;
  const notice = { iat, exp, jti, ...(sid !== undefined && { sid }) };
  const outcome = await gateway.directory.ofUser(sub).takeLogoutNotice(notice);
  return outcome === 'replayed' ? refuse(gateway, c, { tag: 'used_logout_token' }) : jsonAnswer(gateway, {});
};

/** There must be exactly one: of two, others might read the other one. */
async function readLogoutToken({ relyingParty }: Gateway, request: Request): Promise<LogoutToken | Refusal> {
  const [token, ...others] = (await readPostedFields(request))?.getAll('logout_token') ?? [];
  if (!token || others.length > 0) return { tag: 'no_logout_token' };
  // Without ZITADEL's keys nothing can be judged; another status than 400 makes ZITADEL ask again.
  const checked = await relyingParty.verifyLogoutToken(token, clientNetwork(request.headers));
  return checked.kind === 'good' ? checked.value : { tag: 'bad_logout_token', reason: wordsOf(checked.refusal) };
}

function refuse(gateway: Gateway, c: AppContext, refusal: Refusal): Response {
  c.get('event').decision = refusal.tag;
  if (refusal.tag === 'bad_logout_token') c.get('event').reason = refusal.reason;
  const error_description = DESCRIPTIONS[refusal.tag];
  return jsonAnswer(gateway, { error: 'invalid_request', error_description }, 400);
}
