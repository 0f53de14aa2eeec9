// The JWT profile grant of service users. RFC 7523 §2.1: no client, never a refresh token.

import { verifyAssertion } from './assertion.ts';
import type { Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import { startServiceSession } from './service-session.ts';
import type { Grant } from './token.ts';
import { issueTokenResponse, policyOf } from './tokens.ts';

export function createJwtBearerGrant(instance: Instance): Grant {
  return async ({ params, issuer }) => {
    const assertion = params.get('assertion');
    if (!assertion) throw new OAuthError('invalid_request', 'assertion missing');
    const userId = await verifyAssertion(instance, assertion, {
      issuer,
      skew: 1,
      findKey: (subject, kid) => {
        const user = instance.store.users.get(subject);
        return user?.kind === 'machine' ? user.keys.get(kid) : undefined;
      },
    });
    const user = instance.store.users.get(userId ?? '');
    if (user?.kind !== 'machine') throw new OAuthError('invalid_grant', 'invalid assertion');
    if (user.state !== 'active') throw new OAuthError('invalid_request', 'Errors.User.NotActive');
    const session = startServiceSession(instance, user, params.get('scope'), []);
    return issueTokenResponse({ instance, session, user, policy: policyOf(user), issuer }, false);
  };
}
