// The relying party: every conversation with the provider, each answer checked before anything of it is returned.
// OIDC Core §3.1 (code flow), §5.3 (userinfo), §12 (refresh); RFC 7636; RFC 7009; RP-Initiated Logout 1.0.

import { type AuthorizationUrl, createAuthorizationUrl } from './conversation/authorization-request.ts';
import { createExchangeCode, type ExchangeCode } from './conversation/code-exchange.ts';
import { createEndSession, type EndSession } from './conversation/end-session.ts';
import { createIntrospectionCall, type IntrospectionCall } from './conversation/introspection-request.ts';
import { createVerifyLogoutToken, type VerifyLogoutToken } from './conversation/logout-notice.ts';
import { createParties, type PartiesDependencies } from './conversation/parties.ts';
import { createRevoke, type Revoke } from './conversation/revocation.ts';
import { createRefresh, type Refresh } from './conversation/token-renewal.ts';
import { createUserinfo, type Userinfo } from './conversation/userinfo.ts';

export type { TokenSet } from './conversation/token-set.ts';

export interface RelyingParty extends EndSession {
  readonly authorizationUrl: AuthorizationUrl;
  readonly exchangeCode: ExchangeCode;
  readonly refresh: Refresh;
  readonly userinfo: Userinfo;
  readonly revoke: Revoke;
  readonly verifyLogoutToken: VerifyLogoutToken;
  /** Undefined where no API application is configured. */
  readonly introspect: IntrospectionCall | undefined;
}

export function createRelyingParty(deps: PartiesDependencies): RelyingParty {
  const parties = createParties(deps);
  return {
    authorizationUrl: createAuthorizationUrl(parties),
    exchangeCode: createExchangeCode(parties),
    refresh: createRefresh(parties),
    userinfo: createUserinfo(parties),
    revoke: createRevoke(parties),
    ...createEndSession(parties),
    verifyLogoutToken: createVerifyLogoutToken(parties),
    introspect: createIntrospectionCall(parties),
  };
}
