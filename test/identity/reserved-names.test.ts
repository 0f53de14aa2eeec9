// Names that a visitor may not get through to the upstream, in all the spellings that other servers fold into one.
// ARCHITECTURE §4; CVE-2025-64484, CVE-2026-39858, CVE-2026-88011, CVE-2026-33433, CVE-2026-35051.

import { describe, expect, it } from 'vitest';
import { compileReservedNames } from '../../src/identity/reserved-names.ts';

const isReserved = compileReservedNames({ identityHeaders: { 'X-Staff-No': 'metadata.number', user_email: 'email' } });

describe('reserved', () => {
  it.each([
    'X-Forwarded-User',
    'x-forwarded-user',
    'X_Forwarded_User',
    'X.Forwarded.User',
    'x-forwarded_roles',
    'X-Forwarded--Groups',
    "X'Forwarded!Email",
    'XForwardedOrg',
    'X-Forwarded-Actor',
    'X-Forwarded-Id-Token',
    'X-Forwarded-Prefix',
    'X-Forwarded-Port',
    'X-Forwarded-Anything-New',
    'Forwarded',
    'Forwarded_',
    'X-Real-IP',
    'X_REAL_IP',
    'True-Client-IP',
    'X-Client-IP',
    'Client_IP',
    'CF-Connecting-IP',
    'cf_connecting_ip',
    'Remote-User',
    'REMOTE_USER',
    'Remote-Groups',
    'Remote-Addr',
    'X-Remote-User',
    'X-Auth-Request-Email',
    'x_auth_request_groups',
    'X-Original-URL',
    'X-Original-URI',
    'X-Original-Method',
    'X-Rewrite-URL',
    'X-HTTP-Method',
    'X-HTTP-Method-Override',
    'X-Method-Override',
    'Proxy',
    'X-Gateway-Secret',
    'X-Identity-Assertion',
    'x_identity.assertion',
    'X-Request-Id',
    'traceparent',
    'Trace-Parent',
    'HTTP_X_FORWARDED_USER',
    'HTTP_REMOTE_USER',
    'HTTP-HTTP-Proxy',
    // One of each further proxy's and server's own
    'X-WebAuth-User',
    'X-Authenticated-Userid',
    'X-Authentik-Username',
    'X-Pomerium-Claim-Email',
    'X-Pomerium-Jwt-Assertion',
    'X-Goog-Authenticated-User-Email',
    'X-MS-Client-Principal-Name',
    'X-Amzn-Oidc-Identity',
    'Cf-Access-Authenticated-User-Email',
    'Cf-Access-Jwt-Assertion',
    'CF-Pseudo-IPv4',
    'Client-Cert',
    'X-Client-Cert',
    'SSL_CLIENT_S_DN',
    'X-SSL-Client-Verify',
    'X-Originating-IP',
    'X-Envoy-External-Address',
    'X-HTTP-Host-Override',
    'X-Host',
    'X-Cluster-Client-IP',
    'Fastly-Client-IP',
    'WL-Proxy-Client-IP',
    'Proxy-Client-IP',
    'Script-Name',
    'X-Script-Name',
    'X-Gateway-Hop',
    'X-Staff-No',
    'x_staff_no',
    'XStaffNo',
    'User-Email',
    'HTTP_USER_EMAIL',
  ])('%s', (name) => expect(isReserved(name)).toBe(true));

  it('letters that only look or fold like ASCII', () => {
    for (const name of ['X-Forwarded-U\u017fer', 'X-\u212aey', 'X-Forwarded-User\u00a0', 'Cooki\u00eb', '', 'a b']) {
      expect(isReserved(name)).toBe(true);
    }
  });
});

describe('not reserved', () => {
  it.each([
    'Accept',
    'Content-Type',
    'Cookie',
    'Authorization',
    'X-Requested-With',
    'X-CSRF-Token',
    'X-Custom',
    'X-Foreword',
    'Host',
    'Origin',
    'HTTP2-Settings',
    'If-None-Match',
    'baggage',
    'tracestate',
    'X-API-Key',
  ])('%s', (name) => expect(isReserved(name)).toBe(false));
});
