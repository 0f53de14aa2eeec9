// Files with several hosts: one gateway, with an entry of SITES for each but the first. docs/moving.md.

import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { explainAt } from '../../../cli/explain/explanation.ts';
import { createQuestion } from '../../../cli/explain/question.ts';
import { writeDeployment } from '../../../cli/import/deployment.ts';
import type { Draft } from '../../../cli/import/draft.ts';
import { convertInputs, convertSites, expectAnswersAt, FRAME, notesOf, servedBy } from './bed.ts';

const hostsOf = ({ sites = [] }: Draft) => sites.map(({ host }) => host);
const fieldsAt = ({ sites = [] }: Draft, host: string) => sites.find((site) => site.host === host)?.fields;

/** As in Pomerium's guides: a host for each application. */
const POMERIUM = `authenticate_service_url: https://authenticate.example.com
idp_provider: oidc
idp_provider_url: https://login.example.com
idp_client_id: "249703852243222581"
jwt_claims_headers:
  X-Email: email
routes:
  - from: https://verify.example.com
    to: http://verify:8000
    pass_identity_headers: true
    policy:
      - allow: { or: [{ groups: staff }] }
  - from: https://grafana.example.com
    to: http://grafana:3000
    prefix: /public/
    allow_public_unauthenticated_access: true
  - from: https://grafana.example.com
    to: http://grafana:3000
    allow_any_authenticated_user: true
  - from: https://code.example.com:8443
    to: http://code:8080
    policy: { allow: { or: [{ groups: admin }] } }
  - from: tcp+https://ssh.example.com:22
    to: tcp://bastion:22`;

const CLOUDFLARED = `tunnel: 6ff42ae2-765d-4adf-8112-31c55c1551ef
ingress:
  - hostname: ssh.example.com
    service: ssh://localhost:22
  - hostname: gitlab.example.com
    service: http://localhost:8080
  - hostname: docs.example.com
    path: ^/api/
    service: http://localhost:9000
  - hostname: docs.example.com
    service: http://localhost:9001
  - hostname: "*.apps.example.com"
    service: http://localhost:7000
  - hostname: admin.apps.example.com
    service: http://localhost:7001
  - service: http_status:404`;

const application = (domain: string, include: unknown, more = {}) => ({
  name: domain,
  domain,
  session_duration: '24h',
  policies: [{ name: 'p', decision: 'allow', precedence: 1, include }],
  ...more,
});
const group = (id: string) => [{ group: { id } }];

const access = (text: string, applications: readonly unknown[]) => {
  const files = [
    { name: 'config.yml', text },
    { name: 'apps.json', text: JSON.stringify({ result: applications }) },
  ];
  return convertInputs('cloudflared', files);
};

describe('each host has its application and its rules', () => {
  it('of Pomerium’s routes', () => {
    const draft = convertSites('pomerium', POMERIUM);
    expectAnswersAt(
      draft,
      `verify.example.com: GET / as staff → pass http://verify:8000
       verify.example.com: GET / as other → 403
       grafana.example.com: GET /public/x as anonymous → pass http://grafana:3000
       grafana.example.com: GET /x as anonymous → 302
       grafana.example.com: GET /x as other → pass http://grafana:3000
       code.example.com:8443: GET / as staff → 403
       code.example.com:8443: GET / as admin → pass http://code:8080
       other.example.com: GET / as admin → 421`,
    );
    expect(draft.otherHosts).toEqual([]);
    // What is said of the gateway is said once.
    expect(notesOf(draft).match(/^authenticate_service_url/gm)).toHaveLength(1);
    expect(notesOf(draft, 'todo')).toContain('grafana.example.com: upstream: http://grafana:3000');
  });

  it('of a tunnel with applications of Access, each for as long as it was', () => {
    const draft = access(CLOUDFLARED, [
      application('gitlab.example.com', group('dev')),
      application('gitlab.example.com/admin', group('admin')),
      application('docs.example.com', [{ everyone: {} }], { session_duration: '30m' }),
      application('*.apps.example.com', group('qa')),
      application('admin.apps.example.com', group('admin')),
    ]);
    expectAnswersAt(
      draft,
      `gitlab.example.com: GET / as dev → pass http://localhost:8080
       gitlab.example.com: GET /admin as dev → 403
       docs.example.com: GET /api/x as dev → pass http://localhost:9000
       docs.example.com: GET /x as somebody → pass http://localhost:9001
       docs.example.com: GET /x as anonymous → 302
       pr-1.apps.example.com: GET / as qa → pass http://localhost:7000
       pr-1.apps.example.com: GET / as dev → 403
       admin.apps.example.com: GET / as qa → 403
       admin.apps.example.com: GET / as admin → pass http://localhost:7000
       apps.example.com: GET / as admin → 421
       ssh.example.com: GET / as admin → 421`,
    );
    expect(draft.vars).toMatchObject({ ZITADEL_CALLBACK_URL: 'https://gitlab.example.com/auth/callback' });
    expect(fieldsAt(draft, 'docs.example.com')).toMatchObject({ session_max_duration: 1800, session_duration: 1800 });
    expect(draft.otherHosts).toEqual(['ssh.example.com']);
    expect(notesOf(draft, 'closed')).toContain('ssh.example.com: no site: the files name no web application');
  });

  it('of Apache’s virtual hosts and their aliases; the first that has the name answers', () => {
    const site = (names: string, require: string, more = '') => `<VirtualHost *:443>
      ${names}
      OIDCRedirectURI /oidc/callback
      ProxyPass / http://${require}.internal/
      ${more}
      <Location />
        AuthType openid-connect
        Require claim roles:${require}
      </Location>
    </VirtualHost>`;
    const draft = convertSites(
      'apache',
      `OIDCProviderMetadataURL https://login.example.com/.well-known/openid-configuration
       OIDCClientID 249703852243222581
       ${site('ServerName app.example.com\nServerAlias www.example.com pr?.example.net', 'staff')}
       ${site('ServerName wiki.example.com', 'wiki', 'OIDCClientID 249703852243222582\nOIDCSessionMaxDuration 600')}
       ${site('ServerName apps.example.com\nServerAlias *.example.com', 'apps', 'ProxyPreserveHost On')}
       ${site('ServerName late.example.com', 'late')}`,
    );
    expectAnswersAt(
      draft,
      `app.example.com: GET / as staff → pass http://staff.internal
       www.example.com: GET / as staff → pass http://staff.internal
       www.example.com: GET / as wiki → 403
       wiki.example.com: GET / as wiki → pass http://wiki.internal
       apps.example.com: GET / as apps → pass http://apps.internal
       x.example.com: GET / as apps → pass http://apps.internal
       late.example.com: GET / as apps → pass http://apps.internal
       late.example.com: GET / as late → 403`,
    );
    expect(draft.vars['ZITADEL_CALLBACK_URL']).toBe('https://app.example.com/oidc/callback');
    expect(draft.otherHosts).toEqual(['pr*.example.net']);
    expect(fieldsAt(draft, 'www.example.com')).toEqual({});
    expect(fieldsAt(draft, 'wiki.example.com')).toEqual({
      upstream: 'http://wiki.internal',
      client_id: '249703852243222582',
      session_duration: 600,
      session_max_duration: 600,
    });
    expect(fieldsAt(draft, '*.example.com')).toEqual({ upstream: 'http://apps.internal', upstream_host: 'public' });
  });
});

describe('what a site does not say itself', () => {
  const vhost = (name: string, lines: string) =>
    `<VirtualHost *:443>\nServerName ${name}\nProxyPass / http://${name}.internal/\n${lines}\n<Location />\nAuthType openid-connect\nRequire valid-user\n</Location>\n</VirtualHost>\n`;
  const two = (first: string, other: string) =>
    convertSites('apache', vhost('a.example.com', first) + vhost('b.example.com', other));

  it.each([
    [
      'the times',
      'OIDCSessionMaxDuration 86400\nOIDCUserInfoRefreshInterval 60',
      { session_max_duration: 43_200, claims_max_age: 300 },
    ],
    [
      'the headers',
      'RequestHeader set X-User "%{OIDC_CLAIM_sub}e"',
      { identity_headers: expect.objectContaining({ 'X-Forwarded-User': 'sub' }) },
    ],
    ['the name of the application', 'ProxyPreserveHost On', { upstream_host: 'upstream' }],
  ])('is not the first site’s where the files say it of that alone: %s', (_, lines, fields) => {
    const draft = two(lines, '');
    expectAnswersAt(draft, 'b.example.com: GET / as anonymous → 302');
    expect(fieldsAt(draft, 'b.example.com')).toEqual({ upstream: 'http://b.example.com.internal', ...fields });
    expect(fieldsAt(two('', lines), 'b.example.com')).not.toEqual({ upstream: 'http://b.example.com.internal' });
    expect(fieldsAt(two(lines, lines), 'b.example.com')).toEqual({ upstream: 'http://b.example.com.internal' });
  });

  it('one ZITADEL for all: a host of another is left out; where the first names none, that of another', () => {
    const provider = (name: string) => `OIDCProviderIssuer https://${name}.example.com\nOIDCClientID ${name}`;
    const strangers = two(provider('one'), provider('two'));
    expect([hostsOf(strangers), strangers.otherHosts]).toEqual([[], ['b.example.com']]);
    expect(notesOf(strangers, 'closed')).toContain('another ZITADEL');
    const later = two('', provider('two'));
    expect(later.vars['ZITADEL_DOMAIN']).toBe('https://two.example.com');
    expect(fieldsAt(later, 'b.example.com')).toMatchObject({ client_id: 'two' });
    expectAnswersAt(later, 'a.example.com: GET / as somebody → pass');
  });

  it('the gateway’s folder is free at all sites', () => {
    const draft = convertSites(
      'pomerium',
      `routes:
  - { from: "https://a.example.com", to: "http://a", allow_any_authenticated_user: true }
  - { from: "https://b.example.com", to: "http://b", prefix: /auth/, allow_public_unauthenticated_access: true }`,
    );
    expect(draft.vars['ZITADEL_CALLBACK_URL']).toBe('https://a.example.com/postern/callback');
    expectAnswersAt(draft, 'b.example.com: GET /auth/x as anonymous → pass http://b');
  });

  it('no site is another’s application', () => {
    const draft = convertSites(
      'pomerium',
      `routes:
  - { from: "https://a.example.com", to: "https://b.example.com", allow_any_authenticated_user: true }
  - { from: "https://a.example.com", to: "http://a", prefix: /x/, allow_any_authenticated_user: true }
  - { from: "https://b.example.com", to: "http://b", allow_any_authenticated_user: true }
  - { from: "https://b.example.com", to: "https://a.example.com", prefix: /a/, allow_any_authenticated_user: true }`,
    );
    expectAnswersAt(
      draft,
      `b.example.com: GET / as somebody → pass http://b
       b.example.com: GET /a/x as somebody → 403`,
    );
    expect(notesOf(draft)).toContain('becomes the gateway’s own address');
  });
});

describe('hosts with a *', () => {
  const routes = (...hosts: readonly string[]) =>
    `routes:\n${hosts.map((host, i) => `  - { from: "https://${host}", to: "http://app-${i}", policy: { allow: { or: [{ groups: g${i} }] } } }\n`).join('')}`;

  it('are sites; where the files name no other, the first site is a name below one', () => {
    const draft = convertSites('pomerium', routes('*.apps.example.com', '*.example.com'));
    expectAnswersAt(
      draft,
      `sign-in.apps.example.com: GET / as g0 → pass http://app-0
       x.apps.example.com: GET / as g0 → pass http://app-0
       x.apps.example.com: GET / as g1 → 403
       x.example.com: GET / as g1 → pass http://app-1
       x.y.example.com: GET / as g1 → 421`,
    );
    expect(notesOf(draft, 'todo')).toContain('sign-in.apps.example.com is the first site');
    const named = convertSites('pomerium', routes('*.apps.example.com'), { host: 'hub.apps.example.com' });
    expectAnswersAt(
      named,
      'hub.apps.example.com: GET / as g0 → pass http://app-0\nx.apps.example.com: GET / as other → 403',
    );
    expect(notesOf(named)).not.toContain('is the first site');
  });

  it('never answer for a host that is left out', () => {
    const tunnel = (middle: string) =>
      `ingress:\n  - { hostname: app.example.com, service: "http://app" }\n${middle}  - { hostname: "*.example.com", service: "http://all" }\n  - { service: "http_status:404" }`;
    const draft = access(tunnel('  - { hostname: ssh.example.com, service: "ssh://x" }\n'), [
      application('*.example.com', [{ everyone: {} }]),
    ]);
    expectAnswersAt(
      draft,
      `x.example.com: GET / as somebody → pass http://all
       ssh.example.com: GET / as somebody → 403`,
    );
    const { wrangler } = writeDeployment(draft, FRAME);
    expect(parse(wrangler)['routes']).toEqual([
      { pattern: 'app.example.com', custom_domain: true },
      { pattern: '*.example.com/*', zone_name: 'example.com' },
    ]);
  });

  it('never answer for a host that leads nowhere', () => {
    const text = routes('app.example.com', 'old.example.com', '*.example.com').replace(
      'to: "http://app-1"',
      'redirect: {}',
    );
    const draft = convertSites('pomerium', text);
    expectAnswersAt(draft, 'old.example.com: GET / as g2 → 403\nx.example.com: GET / as g2 → pass http://app-2');
    expect(draft.otherHosts).toEqual(['old.example.com']);
  });

  it('never answer for the name that the first had before', () => {
    const draft = convertSites('pomerium', routes('app.example.com', '*.example.com'), {
      url: 'https://new.example.net',
    });
    expectAnswersAt(
      draft,
      `new.example.net: GET / as g0 → pass http://app-0
       app.example.com: GET / as g1 → 403
       x.example.com: GET / as g1 → pass http://app-1`,
    );
    expect(draft.otherHosts).toEqual([]);
  });

  it('let nobody pass where no site tells some of their names apart', () => {
    const draft = access(CLOUDFLARED, [
      application('*.apps.example.com', [{ everyone: {} }]),
      application('dev-*.apps.example.com', group('dev')),
    ]);
    expectAnswersAt(
      draft,
      `pr-1.apps.example.com: GET / as dev → 403
       dev-1.apps.example.com: GET / as dev → 403
       admin.apps.example.com: GET / as dev → pass http://localhost:7000`,
    );
    expect(draft.otherHosts).toEqual(['ssh.example.com', 'dev-*.apps.example.com']);
  });
});

describe('whatever the hosts', () => {
  interface Written {
    readonly host: string;
    readonly prefix: string;
    readonly group: string;
  }
  const written: fc.Arbitrary<Written> = fc.record({
    host: fc.constantFrom(
      'a.example.com',
      'b.example.com',
      'a.example.com:8443',
      'x.a.example.com',
      '*.example.com',
      '*.a.example.com',
      'dev-*.example.com',
      'example.com',
      '*.example.net',
    ),
    prefix: fc.constantFrom('/', '/x/', '/auth/'),
    group: fc.constantFrom('g', 'h', 'redirect'),
  });
  const ASKED = [
    ...['a.example.com', 'b.example.com', 'a.example.com:8443', 'x.a.example.com', 'y.a.example.com', 'c.example.com'],
    ...['dev-1.example.com', 'example.com', 'c.example.net', 'c.d.example.net', 'sign-in.example.com', 'other.org'],
  ];

  /** As Pomerium does it: the narrowest name, then the longest prefix, and of equals the first. */
  function passedBefore(routes: readonly Written[], host: string, path: string, group: string): boolean {
    const matching = routes.filter((route) =>
      new RegExp(`^${route.host.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(host),
    );
    const narrowest = Math.max(...matching.map((route) => (route.host === host ? 1000 : route.host.length)));
    const own = matching.filter((route) => (route.host === host ? 1000 : route.host.length) === narrowest);
    const [route] = own
      .filter(({ prefix }) => path.startsWith(prefix))
      .toSorted((one, other) => other.prefix.length - one.prefix.length);
    return route?.group === group;
  }

  it('the loader takes them, and nobody passes at any whom the files let not pass there', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 7 }), (routes) => {
        const lines = routes.map(
          ({ host, prefix, group: id }, i) =>
            `  - { from: "https://${host}", ${id === 'redirect' ? 'redirect: {}' : `to: "http://app-${i}"`}, prefix: ${prefix}, allowed_groups: [${id}] }`,
        );
        const draft = convertSites('pomerium', `routes:\n${lines.join('\n')}`);
        const served = servedBy(draft);
        for (const host of ASKED)
          for (const path of ['/', '/x/y', '/auth/page'])
            for (const id of ['g', 'h']) {
              const { answers } = explainAt(served, { ...createQuestion('GET', path, { roles: [id] }), host });
              if (answers.navigation === 'pass')
                expect([host, path, id, passedBefore(routes, host, path, id)]).toEqual([host, path, id, true]);
            }
      }),
      { numRuns: 60 },
    );
  });
});

describe('which host is the first', () => {
  it.each([
    ['that of the files which has an application', {}, 'gitlab.example.com', true],
    ['--host', { host: 'docs.example.com' }, 'docs.example.com', true],
    ['--host and --only', { host: 'docs.example.com', isAlone: true }, 'docs.example.com', false],
    ['that of --url', { url: 'https://docs.example.com' }, 'docs.example.com', true],
    ['a new name of the first', { url: 'https://new.example.net' }, 'new.example.net', true],
  ])('%s', (_, wishes, host, hasSites) => {
    const draft = convertSites('cloudflared', CLOUDFLARED, wishes);
    expect(new URL(String(draft.vars['ZITADEL_CALLBACK_URL'])).host).toBe(host);
    expect(hostsOf(draft).length > 0).toBe(hasSites);
    expect(hostsOf(draft)).not.toContain(host);
    expectAnswersAt(draft, `${host}: GET / as somebody → pass`);
  });

  it('a name twice, by its ports, is one site: its cookies are for both', () => {
    const draft = convertSites(
      'pomerium',
      `routes:
  - { from: "https://a.example.com", to: "http://a", allow_any_authenticated_user: true }
  - { from: "https://A.example.com:443", to: "http://a", prefix: /x/, allow_public_unauthenticated_access: true }
  - { from: "https://a.example.com:8443", to: "http://b", allow_public_unauthenticated_access: true }`,
    );
    expectAnswersAt(
      draft,
      `a.example.com: GET /x/y as anonymous → pass http://a
       a.example.com: GET / as anonymous → 302
       a.example.com:8443: GET / as anonymous → 421`,
    );
    expect(draft.otherHosts).toEqual(['a.example.com:8443']);
  });
});

describe('the files', () => {
  it('are such as the loader reads again, with a domain for each host', () => {
    const { vars, routes } = parse(writeDeployment(convertSites('pomerium', POMERIUM), FRAME).wrangler) as unknown as {
      vars: { SITES: { host: string; upstream: string; routes: object[] }[] };
      routes: { pattern: string }[];
    };
    expect(routes.map(({ pattern }) => pattern)).toEqual(
      ['verify', 'grafana', 'code'].map((name) => `${name}.example.com`),
    );
    expect(vars.SITES).toEqual([
      {
        host: 'grafana.example.com',
        upstream: 'http://grafana:3000',
        routes: [{ path: '/public/*', access: 'public' }],
      },
      { host: 'code.example.com:8443', upstream: 'http://code:8080', routes: [{ path: '/*', roles: ['admin'] }] },
    ]);
  });

  it('many sites are longer than a variable may be: postern.toml', () => {
    const many = Array.from(
      { length: 300 },
      (_, i) =>
        `  - { from: "https://app-${i}.example.com", to: "http://app-${i}", allow_any_authenticated_user: true }`,
    );
    const draft = convertSites('pomerium', `routes:\n${many.join('\n')}`);
    const { wrangler, postern = '' } = writeDeployment(draft, FRAME);
    expect(parse(wrangler)['vars']).not.toHaveProperty('SITES');
    expect(parse(postern)).toMatchObject({ vars: { SITES: { length: 299 } } });
    expectAnswersAt(draft, 'app-299.example.com: GET / as somebody → pass http://app-299');
  });
});
