// Every directive of mod_auth_openidc 2.4, and what becomes of it.

import { CALLED, type Catalogue, impossible, renamed, same, section, unneeded } from '../options.ts';

const METADATA = 'ZITADEL’s endpoints and keys are read from its metadata';
const STORE = 'sessions are in a sealed cookie and Workers KV; nothing is to be set up';
const ENCRYPTED = 'ZITADEL signs its tokens and does not encrypt them; here the signature is always checked';
const BEARER =
  '`ZITADEL_API_KEY` or `ZITADEL_API_CLIENT_ID` with `ZITADEL_API_CLIENT_SECRET`; JWTs need only `ZITADEL_PROJECT_ID`';

export const MOD_AUTH_OPENIDC: Catalogue = {
  title: 'mod_auth_openidc',
  version: '2.4.20',
  sections: [
    section(
      'Provider and client',
      renamed('OIDCProviderMetadataURL OIDCProviderIssuer', '`ZITADEL_DOMAIN`'),
      renamed('OIDCClientID', '`ZITADEL_CLIENT_ID`'),
      renamed('OIDCClientSecret', '`ZITADEL_CLIENT_SECRET`, a secret; or none, since PKCE is always on'),
      renamed('OIDCRedirectURI', '`ZITADEL_CALLBACK_URL`; its folder is the gateway’s own'),
      renamed('OIDCPrivateKeyFiles', '`ZITADEL_CLIENT_KEY`, ZITADEL’s key file (`private_key_jwt`)'),
      renamed(
        'OIDCScope OIDCPathScope',
        '`ZITADEL_SCOPES`, for the whole site; the default asks for all that is needed',
      ),
      renamed(
        'OIDCAuthRequestParams OIDCPathAuthRequestParams',
        '`max_age` and `amr` of a rule, which are checked; `login_hint`, `prompt` and `ui_locales` at `/auth/login`',
      ),
      renamed(
        'OIDCLogoutRequestParams OIDCDefaultLoggedOutURL',
        '`ZITADEL_POST_LOGOUT_URL`; `/auth/logout?return_to=`',
      ),
      renamed('OIDCDefaultURL', '`ZITADEL_POST_LOGIN_URL`'),
      same('OIDCPKCEMethod', 'S256, always'),
      same('OIDCProviderBackChannelLogoutSupported', '`/auth/backchannel-logout`; `setup` registers it'),
      same('OIDCValidateIssuer', 'always'),
      unneeded(
        'OIDCProviderAuthorizationEndpoint OIDCProviderTokenEndpoint OIDCProviderTokenEndpointAuth OIDCProviderUserInfoEndpoint OIDCProviderEndSessionEndpoint OIDCProviderRevocationEndpoint OIDCProviderJwksUri OIDCProviderSignedJwksUri OIDCProviderMetadataRefreshInterval OIDCJWKSRefreshInterval OIDCProviderVerifyCertFiles',
        METADATA,
      ),
      unneeded(
        'OIDCProviderAuthRequestMethod OIDCProviderPushedAuthorizationRequestEndpoint OIDCResponseMode OIDCResponseType OIDCRequestObject OIDCProfile OIDCUserInfoTokenMethod',
        'code flow with PKCE, as ZITADEL has it',
      ),
      unneeded(
        'OIDCIDTokenSignedResponseAlg OIDCIDTokenIatSlack OIDCIDTokenAudValues OIDCUserInfoSignedResponseAlg',
        'signature, times and audience are always checked, against ZITADEL’s keys',
      ),
      unneeded(
        'OIDCIDTokenEncryptedResponseAlg OIDCIDTokenEncryptedResponseEnc OIDCUserInfoEncryptedResponseAlg OIDCUserInfoEncryptedResponseEnc OIDCPublicKeyFiles',
        ENCRYPTED,
      ),
      unneeded('OIDCHTTPTimeoutLong OIDCHTTPTimeoutShort', 'each call to ZITADEL has a deadline'),
      unneeded(
        'OIDCClientContact OIDCClientName OIDCClientJwksUri OIDCProviderRegistrationEndpointJson',
        '`postern setup` registers the application',
      ),
      unneeded('OIDCRedirectURLsAllowed', 'one returns to one’s own site only'),
      impossible(
        'OIDCProviderTokenEndpointParams OIDCDPoPMode OIDCCertBoundAccessTokens OIDCClientTokenEndpointCert OIDCClientTokenEndpointKey OIDCClientTokenEndpointKeyPassword',
        'the client proves itself with its secret, its key or PKCE',
      ),
      impossible('OIDCProviderCheckSessionIFrame', 'ZITADEL tells by the back channel'),
      impossible(
        'OIDCMetadataDir OIDCDiscoverURL OIDCDiscoverIssuersAllowed',
        'one provider, ZITADEL; it can ask others itself',
      ),
      impossible(
        'OIDCSSLValidateServer OIDCCABundlePath OIDCOutgoingProxy',
        'a certificate that browsers trust, straight through the internet',
      ),
    ),
    section(
      'Who may pass, and what else is answered',
      renamed('Require', '`roles`, `claims`, `access` of a rule; the later section of Apache is the earlier rule here'),
      renamed(
        'RequireAny RequireAll RequireNone',
        'one rule says: all of its fields, of each list one item. What it can’t say is closed',
      ),
      renamed('AuthType', 'nothing to be said: every path needs a sign-in, unless a rule is `access = "public"`'),
      renamed('OIDCUnAuthAction', '`pass`: `access = "public"`; `401`: `unauthenticated = "401"`'),
      renamed('OIDCUnAutzAction', '403 with a page; step-up is `amr`, `max_age` of a rule'),
      same(
        'OIDCPreservePost OIDCPreservePostTemplates',
        'forms of one’s own pages, without script if need be; `keep_post` of a rule',
      ),
      unneeded(
        'OIDCStateInputHeaders OIDCStateTimeout OIDCStateMaxNumberOfCookies OIDCStateCookiePrefix',
        'up to eight sign-ins at once; a lost one begins again',
      ),
    ),
    section(
      'What the application gets',
      renamed(
        'OIDCRemoteUserClaim',
        '`IDENTITY_HEADERS = { "Remote-User" = "preferred_username" }`; `X-Forwarded-User` is `sub`',
      ),
      renamed('OIDCAuthNHeader', '`IDENTITY_HEADERS`'),
      renamed(
        'OIDCClaimPrefix OIDCClaimDelimiter OIDCPassClaimsAs OIDCWhiteListedClaims OIDCBlackListedClaims',
        '`IDENTITY_HEADERS` names each header and its claim; lists have commas',
      ),
      renamed(
        'OIDCPassIDTokenAs',
        '`forward_id_token` of a rule, or the signed `X-Identity-Assertion` (`ASSERTION_KEY`)',
      ),
      renamed('OIDCPassAccessToken', '`forward_access_token` of a rule; it arrives in `Authorization`'),
      renamed('OIDCPassUserInfoAs', '`X-Identity-Assertion`, or `/auth/userinfo` for scripts'),
      renamed('OIDCUserInfoRefreshInterval', '`CLAIMS_MAX_AGE`'),
      same('OIDCStripCookies', 'the gateway’s own cookies never arrive'),
      same('OIDCTraceParent', '`traceparent` goes on'),
      same('OIDCXForwardedHeaders', 'what a client says of itself is not believed; `X-Forwarded-*` are set anew'),
      unneeded('OIDCPassCookies', 'ZITADEL is asked without cookies'),
      unneeded('OIDCRefreshAccessTokenBeforeExpiry', 'a token is renewed when less than a quarter of its life is left'),
      impossible('OIDCPassRefreshToken', 'no refresh token leaves the gateway'),
      impossible(
        'OIDCFilterClaimsExpr OIDCUserInfoClaimsExpr',
        'claims are taken as they are; ZITADEL’s actions can shape them',
      ),
    ),
    section(
      'Session and store',
      renamed('OIDCCryptoPassphrase', '`SESSION_SECRET`, a new one; a list while it rotates'),
      renamed('OIDCSessionInactivityTimeout', '`SESSION_DURATION`'),
      renamed('OIDCSessionMaxDuration', '`SESSION_MAX_DURATION`'),
      renamed('OIDCInfoHook', '`/auth/userinfo`'),
      unneeded(
        'OIDCCookie OIDCCookieDomain OIDCCookiePath OIDCCookieHTTPOnly OIDCCookieSameSite OIDCSessionCookieChunkSize',
        'the session’s cookie is fixed (`__Host-`, `HttpOnly`, `Secure`, `SameSite=Lax`)',
      ),
      unneeded(
        'OIDCSessionType OIDCSessionCacheFallbackToCookie OIDCCacheType OIDCCacheDir OIDCCacheEncrypt OIDCCacheFileCleanInterval OIDCCacheShmEntrySizeMax OIDCCacheShmMax OIDCMemCacheServers OIDCMemCacheConnectionsMin OIDCMemCacheConnectionsSMax OIDCMemCacheConnectionsHMax OIDCMemCacheConnectionsTTL OIDCRedisCacheServer OIDCRedisCacheUsername OIDCRedisCachePassword OIDCRedisCacheDatabase OIDCRedisCacheConnectTimeout OIDCRedisCacheTimeout',
        STORE,
      ),
      unneeded('OIDCLogoutXFrameOptions', 'sign-out comes by the back channel, not in a frame'),
    ),
    section(
      'Bearer tokens',
      renamed(
        'OIDCOAuthClientID OIDCOAuthClientSecret OIDCOAuthIntrospectionClientAuthBearerToken OIDCOAuthIntrospectionEndpointAuth',
        BEARER,
      ),
      renamed(
        'OIDCOAuthIntrospectionEndpoint OIDCOAuthServerMetadataURL',
        '`ZITADEL_INTROSPECTION_URL`; the default is in ZITADEL’s metadata',
      ),
      renamed('OIDCOAuthVerifyAudience', '`ZITADEL_AUDIENCE`'),
      renamed('OIDCOAuthRemoteUserClaim', '`IDENTITY_HEADERS`'),
      unneeded(
        'OIDCOAuthIntrospectionEndpointMethod OIDCOAuthIntrospectionEndpointParams OIDCOAuthIntrospectionTokenParamName OIDCOAuthTokenExpiryClaim OIDCOAuthVerifyIssuer OIDCOAuthVerifyJwksUri OIDCOAuthVerifyCertFiles OIDCOAuthSSLValidateServer',
        'as ZITADEL does it',
      ),
      unneeded('OIDCOAuthTokenIntrospectionInterval', 'a judgement is kept for 60 seconds at most'),
      impossible('OIDCOAuthAcceptTokenAs', 'only `Authorization: Bearer`'),
      impossible(
        'OIDCOAuthDecryptSharedKeys OIDCOAuthVerifySharedKeys',
        'tokens of ZITADEL are signed with its published keys',
      ),
      impossible(
        'OIDCOAuthIntrospectionEndpointCert OIDCOAuthIntrospectionEndpointKey OIDCOAuthIntrospectionEndpointKeyPassword',
        'ZITADEL is asked with a key file or a secret',
      ),
    ),
    section(
      'Of Apache itself',
      renamed(
        'ProxyPass ProxyPassMatch',
        '`UPSTREAM_URL`, `upstream` and `strip_prefix` of a rule; what an expression makes is closed',
      ),
      renamed('ProxyPreserveHost', `\`UPSTREAM_HOST\` is \`"public"\` (\`upstream_host\` of a rule): ${CALLED}`),
      renamed('ServerName ServerAlias', 'the host of `ZITADEL_CALLBACK_URL`, of the others `host` in `SITES`'),
      renamed('RequestHeader', '`IDENTITY_HEADERS`, where the value is a claim'),
      impossible(
        'RewriteRule',
        'paths are not rewritten. Where it refuses (`[F]`, `[G]`), `import` closes; else Apache, behind the gateway, goes on doing it',
      ),
      impossible('AuthUserFile AuthBasicProvider AuthLDAPURL', 'users are ZITADEL’s alone. Closed'),
    ),
    section(
      'Metrics and logs',
      renamed('OIDCMetricsData OIDCMetricsPublish', '`/auth/metrics` with `OPERATOR_SECRET`'),
      same('OIDCDebugMaskSecrets', 'no secret is in the log'),
    ),
  ],
};
