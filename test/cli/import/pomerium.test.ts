// Pomerium's routes and policies: the order in which it looks at them, and who passes each.

import { describe, expect, it } from 'vitest';
import { configOf, convert, expectAnswers, notesOf } from './bed.ts';

const HEAD = `authenticate_service_url: https://authenticate.example.com
idp_provider: oidc
idp_provider_url: https://login.example.com
idp_client_id: "249703852243222581"
idp_client_secret: not-to-be-seen
cookie_secret: not-to-be-seen-either
cookie_expire: 10h
jwt_claims_headers: { X-Email: email, X-Groups: groups, Authorization: email }
`;

const route = (policy: string, more = ''): string =>
  `${HEAD}routes:\n  - from: https://app.example.com\n    to: http://app.internal:8080\n${more}${policy}`;

describe('routes', () => {
  it('paths before expressions before prefixes, the longer first; what no route has is closed', () => {
    const draft = convert(
      'pomerium',
      `${HEAD}routes:
  - from: https://app.example.com
    to: http://app.internal:8080
    prefix: /
    policy: [{ allow: { or: [{ groups: { has: staff } }] } }]
  - from: https://app.example.com
    to: http://app.internal:8080
    prefix: /admin
    policy: { allow: { or: [{ groups: admin }, { groups: root }] } }
  - from: https://app.example.com
    to: http://status.internal
    path: /status
    allow_public_unauthenticated_access: true
  - from: https://app.example.com
    to: http://files.internal
    prefix: /files/
    prefix_rewrite: /
    allow_any_authenticated_user: true
  - from: https://wiki.example.com
    to: http://wiki.internal
    allow_public_unauthenticated_access: true
  - from: tcp+https://ssh.example.com:22
    to: tcp://ssh.internal:22`,
    );
    expectAnswers(
      draft,
      `GET / as anonymous → 302
       GET / as staff → pass
       GET / as other → 403
       GET /administrator as staff → 403
       GET /admin/x as root → pass
       GET /status as anonymous → pass
       GET /status/x as anonymous → 302
       GET /files/a as somebody → pass`,
    );
    expect(draft).toMatchObject({ otherHosts: ['wiki.example.com'] });
    expect(draft.vars).toMatchObject({
      UPSTREAM_URL: 'http://app.internal:8080',
      ZITADEL_DOMAIN: 'https://login.example.com',
      ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
      SESSION_MAX_DURATION: 36_000,
      IDENTITY_HEADERS: { 'X-Email': 'email', 'X-Groups': 'roles' },
    });
    const files = configOf(draft).routes.find(({ path }) => path === '/files/*');
    expect(files).toMatchObject({ strip_prefix: true, upstream: { origin: 'http://files.internal' } });
    expect(notesOf(draft)).toMatch(/ssh\.example\.com.*\n?.*no TCP/);
    expect(JSON.stringify(draft)).not.toContain('not-to-be-seen');
  });

  it('another host is asked for by name', () => {
    const text = `${HEAD}routes:
  - { from: "https://a.example.com", to: "http://a.internal", allow_public_unauthenticated_access: true }
  - { from: "https://*.example.com", to: "http://all.internal", allow_any_authenticated_user: true }`;
    expectAnswers(convert('pomerium', text, { host: 'a.example.com' }), 'GET / as anonymous → pass');
    expectAnswers(convert('pomerium', text, { host: 'b.example.com' }), 'GET / as anonymous → 302');
    expect(() => convert('pomerium', text, { host: 'example.org' })).toThrow('--host');
  });

  it('of an expression what no path tells is closed, whatever stands below it', () => {
    const draft = convert(
      'pomerium',
      `routes:
  - { from: "https://app.example.com", to: "http://a.internal", regex: "/api/v[0-9]+/.*", policy: { allow: { or: [{ groups: api }] } } }
  - { from: "https://app.example.com", to: "http://a.internal", regex: "/docs/.*", policy: { allow: { or: [{ groups: docs }] } } }
  - { from: "https://app.example.com", to: "http://a.internal", allow_public_unauthenticated_access: true }`,
    );
    expectAnswers(
      draft,
      `GET /api/v1/x as anonymous → 403
       GET /api/v1/x as api → 403
       GET /docs/a/b as anonymous → 302
       GET /docs/a/b as docs → pass
       GET /other as anonymous → pass`,
    );
    expect(notesOf(draft, 'closed')).toContain('/api/v*/*');
  });

  it.each([
    ['a redirect', 'redirect: { https_redirect: true }'],
    ['a fixed answer', 'response: { status: 200, body: hi }'],
    [
      'a path that is rewritten by an expression',
      'to: http://a.internal\n    regex_rewrite_pattern: ^/x\n    regex_rewrite_substitution: /y',
    ],
  ])('%s is closed', (_, what) => {
    const draft = convert(
      'pomerium',
      `routes:\n  - from: https://app.example.com\n    ${what}\n    allow_public_unauthenticated_access: true`,
    );
    expectAnswers(draft, 'GET / as anonymous → 403');
    expect(notesOf(draft, 'closed')).not.toBe('');
  });
});

describe('policies', () => {
  const allow = (criteria: string) => `    policy: { allow: { ${criteria} } }`;

  it.each([
    ['nothing', '', 'GET / as anybody → 403\nGET / as anonymous → 403'],
    ['anybody', allow('or: [{ authenticated_user: true }]'), 'GET / as anonymous → 302\nGET / as somebody → pass'],
    ['everybody', allow('or: [{ accept: true }]'), 'GET / as anonymous → pass'],
    ['nobody', allow('or: [{ reject: true }]'), 'GET / as anybody → 403'],
    [
      'groups',
      allow('or: [{ groups: { has: a } }, { "claim/roles": b }]'),
      'GET / as a → pass\nGET / as b → pass\nGET / as c → 403',
    ],
    [
      'addresses',
      allow('or: [{ email: { is: ada@example.com } }, { email: { in: [bob@example.com] } }]'),
      'GET / as bob@example.com → pass\nGET / as eve@example.com → 403',
    ],
    [
      'the older fields',
      '    allowed_users: [ada@example.com]\n    allowed_idp_claims: { email: [bob@example.com] }',
      'GET / as ada@example.com → pass\nGET / as bob@example.com → pass\nGET / as eve@example.com → 403',
    ],
    ['a domain', allow('or: [{ domain: { is: example.com } }]'), 'GET / as ada@example.com → 403'],
    ['a domain, the older way', '    allowed_domains: [example.com]', 'GET / as ada@example.com → 403'],
    ['an end of addresses', allow('or: [{ email: { ends_with: "@example.com" } }]'), 'GET / as ada@example.com → 403'],
    [
      'a group or a domain: the group',
      allow('or: [{ groups: a }, { domain: example.com }]'),
      'GET / as a → pass\nGET / as ada@example.com → 403',
    ],
    ['a group and a network', allow('and: [{ groups: a }, { source_ip: 10.0.0.0/8 }]'), 'GET / as a → 403'],
    ['not a group', allow('not: [{ groups: a }]'), 'GET / as b → 403'],
    [
      'a group, but a denied one',
      '    policy: [{ allow: { or: [{ groups: a }] }, deny: { or: [{ groups: b }] } }]',
      'GET / as a → 403',
    ],
    [
      'denied unless of a group',
      '    policy: [{ allow: { or: [{ authenticated_user: true }] }, deny: { not: [{ groups: b }] } }]',
      'GET / as a → 403\nGET / as b → pass',
    ],
    [
      'everybody, but denied unless of a group',
      '    policy: [{ allow: { or: [{ accept: true }] }, deny: { not: [{ groups: b }] } }]',
      'GET / as anonymous → 302\nGET / as a → 403\nGET / as b → pass',
    ],
    [
      'all but a method',
      '    policy: [{ allow: { or: [{ accept: true }] }, deny: { or: [{ http_method: DELETE }] } }]',
      'GET / as anonymous → pass\nDELETE / as anonymous → 403',
    ],
    [
      'some methods',
      allow('and: [{ groups: a }, { http_method: { in: [GET] } }]'),
      'GET / as a → pass\nPOST / as a → 403',
    ],
    [
      'a path for everybody',
      allow('or: [{ http_path: { starts_with: /open/ } }, { groups: a }]'),
      'GET /open/x as anonymous → pass\nGET / as anonymous → 302\nGET / as a → pass',
    ],
    [
      'a preflight opens nothing else',
      '    cors_allow_preflight: true\n    allowed_idp_claims: { groups: [a] }',
      'OPTIONS / as anonymous → 401\nGET / as a → pass',
    ],
    [
      'a text',
      '    policy: |\n      allow:\n        or:\n          - groups: a',
      'GET / as a → pass\nGET / as b → 403',
    ],
    ['Rego', '    sub_policies: [{ rego: "allow = true" }]', 'GET / as a → 403'],
  ])('%s', (_, policy, table) => {
    expectAnswers(convert('pomerium', route(policy)), table);
  });
});
