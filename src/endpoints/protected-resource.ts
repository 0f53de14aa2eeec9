// GET /.well-known/oauth-protected-resource: tells a client where to get a token for what lies behind the gateway, and how to bring it.
// RFC 9728 §2, §3.2.

import { type Endpoint, faultAnswer, jsonAnswer } from '../answer/answers.ts';
import { projectScope, ROLES_SCOPE } from '../oidc/zitadel/scopes.ts';

export const protectedResource: Endpoint = (gateway) => {
  const { origin, issuer, projectId, brand, takesBearer } = gateway.config;
  const metadata = {
    resource: origin,
    authorization_servers: [issuer],
    bearer_methods_supported: ['header'],
    // ZITADEL puts a project into the audience of whoever asks for it by scope.
    ...(projectId !== undefined && {
      scopes_supported: ['openid', projectScope(projectId), ROLES_SCOPE],
    }),
    ...(brand.name !== undefined && { resource_name: brand.name }),
  };
  return (c) =>
    takesBearer ? jsonAnswer(gateway, metadata) : faultAnswer(gateway, c, 'not_found', 'no bearer tokens are taken');
};
