// cloudflared's ingress rules with the applications of Cloudflare Access, as the API and as Terraform write them.

import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../cli/import/recognise.ts';
import { configOf, convert, expectAnswers, notesOf } from './bed.ts';

const TUNNEL = `tunnel: 6ff42ae2-765d-4adf-8112-31c55c1551ef
credentials-file: /root/.cloudflared/x.json
originRequest: { noTLSVerify: true }
ingress:
  - { hostname: app.example.com, path: "^/api/", service: "http://localhost:9000" }
  - { hostname: app.example.com, path: "\\\\.(js|css)$", service: "http://localhost:7000" }
  - { hostname: app.example.com, service: "http://localhost:8000" }
  - { hostname: ssh.example.com, service: "ssh://localhost:22" }
  - { service: "http_status:404" }
`;

const application = (domain: string, policies: unknown, more = {}) => ({
  id: domain,
  type: 'self_hosted',
  name: domain,
  domain,
  session_duration: '6h',
  app_launcher_visible: true,
  policies,
  ...more,
});
const allow = (include: unknown, more = {}) => ({
  id: 'p',
  name: 'p',
  decision: 'allow',
  precedence: 1,
  include,
  exclude: [],
  require: [],
  ...more,
});

const both = (applications: readonly unknown[], wishes = {}) =>
  KINDS.cloudflared.convert(
    [
      { name: 'config.yml', text: TUNNEL },
      { name: 'apps.json', text: JSON.stringify({ success: true, result: applications }) },
    ],
    wishes,
  );

describe('a tunnel', () => {
  it('alone: everything needs a sign-in; what an expression may mean is closed', () => {
    const draft = convert(
      'cloudflared',
      TUNNEL.replace(
        '  - { hostname: app.example.com, path: "\\\\.(js|css)$", service: "http://localhost:7000" }\n',
        '',
      ),
    );
    expectAnswers(draft, 'GET / as anonymous → 302\nGET /api/x as somebody → pass');
    expect(draft.vars).toMatchObject({ ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback' });
    expect(draft.otherHosts).toEqual(['ssh.example.com']);
  });
});

describe('applications', () => {
  it('the longest path first; bypass is public', () => {
    const draft = both([
      application('app.example.com', [allow([{ group: { id: 'staff' } }])]),
      application('app.example.com/admin', [
        allow([{ okta: { name: 'admins', identity_provider_id: 'x' } }, { email: { email: 'ada@example.com' } }]),
      ]),
      application('app.example.com/api/open', [{ ...allow([{ everyone: {} }]), decision: 'bypass' }]),
      application('other.example.com', [allow([{ everyone: {} }])]),
    ]);
    expectAnswers(
      draft,
      `GET /api/open/x as anonymous → pass
       GET /api/x as anonymous → 302
       GET /api/x as staff → pass
       GET /admin/x as staff → 403`,
    );
    expect(draft.vars['SESSION_MAX_DURATION']).toBe(21_600);
  });

  const one = (policies: unknown, more = {}) =>
    KINDS.cloudflared.convert(
      [{ name: 'apps.json', text: JSON.stringify({ result: [application('app.example.com', policies, more)] }) }],
      {},
    );

  it.each([
    ['no policy', [], 'GET / as anybody → 403'],
    ['everybody who signs in', [allow([{ everyone: {} }])], 'GET / as anonymous → 302\nGET / as somebody → pass'],
    [
      'addresses',
      [allow([{ email: { email: 'ada@example.com' } }, { email: { email: 'bob@example.com' } }])],
      'GET / as bob@example.com → pass\nGET / as eve@example.com → 403',
    ],
    ['a domain', [allow([{ email_domain: { domain: 'example.com' } }])], 'GET / as ada@example.com → 403'],
    ['a network', [allow([{ ip: { ip: '203.0.113.0/24' } }])], 'GET / as anybody → 403'],
    [
      'a bypass by network',
      [{ ...allow([{ ip: { ip: '203.0.113.0/24' } }]), decision: 'bypass' }, allow([{ group: { id: 'a' } }])],
      'GET / as anonymous → 302\nGET / as a → pass',
    ],
    [
      'a bypass with a requirement',
      [{ ...allow([{ everyone: {} }]), decision: 'bypass', require: [{ geo: { country_code: 'CH' } }] }],
      'GET / as anonymous → 403',
    ],
    [
      'somebody blocked',
      [{ ...allow([{ email: { email: 'eve@example.com' } }]), decision: 'deny' }, allow([{ everyone: {} }])],
      'GET / as ada@example.com → 403',
    ],
    [
      'somebody excluded',
      [allow([{ everyone: {} }], { exclude: [{ email: { email: 'eve@example.com' } }] })],
      'GET / as ada@example.com → 403',
    ],
    [
      'a group and a country',
      [allow([{ group: { id: 'a' } }], { require: [{ geo: { country_code: 'CH' } }] })],
      'GET / as a → 403',
    ],
    [
      'two groups at once',
      [allow([{ group: { id: 'a' } }, { group: { id: 'b' } }], { require: [{ group: { id: 'b' } }] })],
      'GET / as b → pass\nGET / as a → 403',
    ],
    [
      'a device',
      [allow([{ group: { id: 'a' } }], { require: [{ device_posture: { integration_uid: 'x' } }] })],
      'GET / as a → 403',
    ],
    ['an approval', [allow([{ group: { id: 'a' } }], { approval_required: true })], 'GET / as a → 403'],
    ['a policy that is not here', ['11111111-2222-3333-4444-555555555555'], 'GET / as a → 403'],
    [
      'a list as older Terraform writes it',
      [allow([{ email: ['ada@example.com'], group: [], everyone: false }])],
      'GET / as ada@example.com → pass\nGET / as eve@example.com → 403',
    ],
  ])('%s', (_, policies, table) => {
    const draft = one(policies);
    expectAnswers(draft, table);
    if (table.includes('403')) expect(notesOf(draft)).not.toBe('');
  });

  it('a second factor is asked for', () => {
    for (const draft of [
      one([allow([{ everyone: {} }], { require: [{ auth_method: { auth_method: 'mfa' } }] })]),
      one([allow([{ everyone: {} }])], { mfa_config: { allowed_authenticators: ['totp'] } }),
    ])
      expect(configOf(draft).routes).toMatchObject([{ path: '/*', amr: ['mfa'] }]);
  });

  it('a Terraform state, with its tunnel and shared policies', () => {
    const resource = (type: string, attributes: unknown) => ({
      mode: 'managed',
      type,
      name: 'x',
      instances: [{ attributes }],
    });
    const state = {
      version: 4,
      resources: [
        resource('cloudflare_zero_trust_tunnel_cloudflared_config', {
          config: {
            ingress: [{ hostname: 'app.example.com', service: 'https://app.internal' }, { service: 'http_status:404' }],
          },
        }),
        resource('cloudflare_zero_trust_access_application', {
          ...application('app.example.com', [{ id: 'shared', precedence: 1, include: null }]),
          cors_headers: { allowed_origins: ['https://spa.example.com', '*'] },
        }),
        resource('cloudflare_zero_trust_access_policy', {
          id: 'shared',
          name: 'staff',
          decision: 'allow',
          include: [{ group: { id: 'staff' }, email: null, everyone: null }],
          exclude: null,
          require: null,
        }),
      ],
    };
    const draft = convert('cloudflared', JSON.stringify(state));
    expectAnswers(draft, 'GET / as staff → pass\nGET / as other → 403');
    expect(draft.vars['UPSTREAM_URL']).toBe('https://app.internal');
    expect(configOf(draft).routes[0]?.cors).toEqual(['https://spa.example.com']);
  });
});
