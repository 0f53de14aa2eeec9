// oauth2-proxy's configuration, in each of its forms: who may go where stays what it was, or becomes less.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, configOf, convert, expectAnswers, notesOf } from './bed.ts';

const CFG = `
http_address = "0.0.0.0:4180"
provider = "oidc"
oidc_issuer_url = "https://login.example.com"
client_id = "249703852243222581"
client_secret = "not-to-be-seen-client"
cookie_secret = "not-to-be-seen-cookie"
redirect_url = "https://app.example.com/oauth2/callback"
email_domains = ["*"]
`;

describe('a .cfg', () => {
  it('beginnings of paths that have nothing in common close nothing for each other', () => {
    const draft = convert(
      'oauth2-proxy',
      `${CFG}
upstreams = ["http://127.0.0.1:8080/"]
skip_auth_routes = ["^/public", "^/apidocs"]
api_routes = ["^/api"]`,
    );
    expectAnswers(
      draft,
      `GET /public/a as anonymous → pass
       GET /publish as anonymous → 302
       GET /public-notes as anonymous → pass
       GET /apidocs/a as anonymous → pass
       GET /api/a as anonymous → 401
       GET /a as anonymous → 302`,
    );
  });

  it('paths without a sign-in, groups, upstreams by path', () => {
    const draft = convert(
      'oauth2-proxy',
      `${CFG}
upstreams = ["http://127.0.0.1:8080/", "http://reports.example.net:9000/reports/", "http://one.example.net/ping"]
skip_auth_routes = ["GET=^/public/", "^/health$", "POST=^/hook"]
allowed_groups = ["staff", "admin"]
cookie_expire = "8h"`,
    );
    expectAnswers(
      draft,
      `GET /public/a/b as anonymous → pass
       POST /public/a as anonymous → 303
       GET /health as anonymous → pass
       GET /health/deep as anonymous → 302
       POST /hooks as anonymous → pass
       GET /hooks as anonymous → 302
       GET / as somebody → 403
       GET / as staff → pass
       GET /reports/2026 as anonymous → 302
       GET /reports/2026 as admin → pass`,
    );
    expect(draft.vars).toMatchObject({
      UPSTREAM_URL: 'http://127.0.0.1:8080',
      ZITADEL_DOMAIN: 'https://login.example.com',
      ZITADEL_CLIENT_ID: '249703852243222581',
      ZITADEL_CALLBACK_URL: 'https://app.example.com/oauth2/callback',
      SESSION_MAX_DURATION: 28_800,
    });
    const config = configOf(draft);
    expect(config.routes.find(({ path }) => path === '/reports/*')?.upstream?.origin).toBe(
      'http://reports.example.net:9000',
    );
    expect(config.routes.find(({ path }) => path === '/ping')?.upstream?.origin).toBe('http://one.example.net');
    expect(draft.secrets.map(({ name }) => name)).toEqual(['SESSION_SECRET', 'ZITADEL_CLIENT_SECRET']);
    expect(JSON.stringify(draft)).not.toContain('not-to-be-seen');
  });

  it.each([
    ['a domain', 'email_domains = ["example.com"]', 'an address at example.com'],
    ['none at all', '', 'email-domain or authenticated-emails-file'],
    ['an organisation of GitHub', 'email_domains = "*"\nprovider = "github"\ngithub_org = "acme"', 'github-org'],
    ['a list that is not here', 'authenticated_emails_file = "/etc/emails"', 'authenticated-emails-file'],
  ])('who passes by %s: closed, and said', (_, lines, said) => {
    const draft = convert(
      'oauth2-proxy',
      `upstreams = ["http://app.example.net/"]\nskip_auth_routes = ["^/open/"]\n${lines}`,
    );
    expectAnswers(
      draft,
      `GET / as anonymous → 403
       GET / as anybody → 403
       GET /open/x as anonymous → pass`,
    );
    expect(notesOf(draft, 'closed')).toContain(said);
    const opened = convert('oauth2-proxy', `upstreams = ["http://app.example.net/"]\n${lines}`, { role: 'member' });
    expectAnswers(opened, 'GET / as member → pass\nGET / as other → 403\nGET / as anonymous → 302');
  });

  it('addresses of a file that is here', () => {
    const files = {
      'o.cfg': 'authenticated_emails_file = "/etc/emails"',
      '/etc/emails': '# who\nada@example.com\n\nbob@example.com\n',
    };
    expectAnswers(
      convert('oauth2-proxy', files),
      `GET / as ada@example.com → pass
       GET / as eve@example.com → 403`,
    );
  });

  it('!= opens all but what is around it; several are not told', () => {
    const open = (routes: string) =>
      convert('oauth2-proxy', `${CFG}allowed_groups = ["staff"]\nskip_auth_routes = [${routes}]`);
    expectAnswers(
      open('"GET!=^/api"'),
      `GET /x as anonymous → pass
       GET /api/x as anonymous → 302
       GET /api/x as other → 403
       POST /x as anonymous → 303`,
    );
    expectAnswers(open('"GET!=^/api", "GET!=^/b"'), 'GET /x as anonymous → 302');
    expectAnswers(open('"!=^/a(?!b)"'), 'GET /x as anonymous → 302');
  });

  it('what it answered by itself, files and unknown paths are closed; its own addresses are no rules', () => {
    const draft = convert(
      'oauth2-proxy',
      `${CFG}upstreams = ["http://app.example.net/app/", "file:///srv/files/#/files/"]\nskip_auth_routes = ["^/oauth2/", "^/files/", "^/app/open$"]`,
    );
    expectAnswers(
      draft,
      `GET /app/open as anonymous → pass
       GET /app/x as anonymous → 302
       GET /files/x as anonymous → 403
       GET /elsewhere as somebody → 403`,
    );
    expect(draft.vars['ZITADEL_CALLBACK_URL']).toBe('https://app.example.com/oauth2/callback');
    expect(configOf(draft).routes.map(({ path }) => path)).not.toContain('/oauth2/*');
  });

  it('roles come as X-Forwarded-Groups, which applications behind oauth2-proxy read, and once', () => {
    const { vars } = convert('oauth2-proxy', CFG);
    expect(vars['IDENTITY_HEADERS']).toMatchObject({ 'X-Forwarded-Groups': 'roles', 'X-Forwarded-User': 'sub' });
    expect(vars['IDENTITY_HEADERS']).not.toHaveProperty('X-Forwarded-Roles');
  });

  it('headers and tokens under the old names', () => {
    const draft = convert(
      'oauth2-proxy',
      `${CFG}set_xauthrequest = true\npass_access_token = true\nprefer_email_to_user = true\nupstreams = ["static://202"]`,
    );
    expect(draft.vars['IDENTITY_HEADERS']).toMatchObject({
      'X-Auth-Request-Email': 'email',
      'X-Auth-Request-Groups': 'roles',
      'X-Forwarded-User': 'email',
    });
    expect(configOf(draft).routes.at(-1)).toMatchObject({ path: '/*', forward_access_token: true });
    expect(draft.secrets.map(({ name }) => name)).toContain('UPSTREAM_SECRET');
  });

  it('whatever is skipped: an anonymous request passes only where the old expression matches', () => {
    const piece = fc.constantFrom('/', 'a', 'b', '.*', '[^/]+', '(a|b)', '\\d', '.', 'a?', '/a/');
    const routes = fc.array(
      fc
        .tuple(
          fc.constantFrom('', 'GET=', 'POST=', 'GET!='),
          fc.constantFrom('', '^', '^/'),
          fc.array(piece, { maxLength: 4 }),
          fc.constantFrom('', '$'),
        )
        .map((parts) => parts.flat().join('')),
      { minLength: 1, maxLength: 3 },
    );
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab', '1', 'aa'), { minLength: 1, maxLength: 4 })
      .map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(routes, fc.constantFrom('GET', 'POST'), path, (all, method, asked) => {
        const draft = convert('oauth2-proxy', `${CFG}skip_auth_routes = ${JSON.stringify(all)}`);
        const wasOpen = all.some((route) => {
          const [, of = '', no = '', source = ''] = /^(?:(\w+)?(!?)=)?(.*)$/s.exec(route) ?? [];
          const test = (text: string) => new RegExp(source).test(text);
          // A rule does not tell /x from /x/, and /x/* has /x.
          const matches = no === '' ? [asked, `${asked}/`, `${asked}/a`].some(test) : !test(asked);
          return (of === '' || of === method) && matches;
        });
        if (ask(configOf(draft), `${method} ${asked} as anonymous`) === 'pass')
          expect([all, method, asked, wasOpen]).toEqual([all, method, asked, true]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('other forms', () => {
  const TABLE = `GET /metrics as anonymous → pass
    GET / as staff → pass
    GET / as other → 403`;

  it.each([
    [
      'a command',
      'docker run quay.io/oauth2-proxy/oauth2-proxy:v7 \\\n  --email-domain=* --upstream=http://app.example.net/ \\\n  --skip-auth-route=^/metrics$ --allowed-group staff --client-secret=not-to-be-seen',
    ],
    [
      'an environment',
      'OAUTH2_PROXY_EMAIL_DOMAINS=*\nOAUTH2_PROXY_UPSTREAMS="http://app.example.net/"\nexport OAUTH2_PROXY_SKIP_AUTH_ROUTES=^/metrics$\nOAUTH2_PROXY_ALLOWED_GROUPS=staff\nOAUTH2_PROXY_CLIENT_SECRET=not-to-be-seen',
    ],
    [
      'a unit',
      '[Service]\nEnvironment="OAUTH2_PROXY_ALLOWED_GROUPS=staff"\nExecStart=/usr/bin/oauth2-proxy --email-domain="*" --upstream=http://app.example.net/ --skip-auth-route=^/metrics$',
    ],
    [
      'a compose file',
      'services:\n  proxy:\n    image: quay.io/oauth2-proxy/oauth2-proxy\n    command: --upstream=http://app.example.net/ --skip-auth-route=^/metrics$\n    environment:\n      OAUTH2_PROXY_EMAIL_DOMAINS: "*"\n      OAUTH2_PROXY_ALLOWED_GROUPS: staff\n      OAUTH2_PROXY_CLIENT_SECRET: not-to-be-seen',
    ],
    [
      'a Deployment',
      'kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - args: [--email-domain=*, --upstream=http://app.example.net/, "--skip-auth-route=^/metrics$"]\n          env:\n            - name: OAUTH2_PROXY_ALLOWED_GROUPS\n              value: staff\n            - name: OAUTH2_PROXY_CLIENT_SECRET\n              valueFrom: { secretKeyRef: { name: s, key: k } }',
    ],
    [
      'values of a chart',
      'config:\n  configFile: |-\n    email_domains = [ "*" ]\n    upstreams = [ "http://app.example.net/" ]\nextraArgs:\n  skip-auth-route: ^/metrics$\n  allowed-group: staff',
    ],
  ])('%s', (_, text) => {
    const draft = convert('oauth2-proxy', text);
    expectAnswers(draft, TABLE);
    expect(JSON.stringify(draft)).not.toContain('not-to-be-seen');
  });

  it('what a manifest has from elsewhere is nobody’s role', () => {
    const draft = convert(
      'oauth2-proxy',
      'kind: Pod\nargs: [--email-domain=*]\nenv:\n  - name: OAUTH2_PROXY_ALLOWED_GROUPS\n    valueFrom: { secretKeyRef: { name: s, key: k } }',
    );
    expectAnswers(draft, 'GET / as staff → 403');
  });

  it('several proxies in one manifest are refused: what one opens is not opened at another', () => {
    const text =
      'args: [--upstream=http://a.example.net, --skip-auth-route=^/]\n---\nargs: [--upstream=http://b.example.net, --email-domain=*]';
    expect(() => convert('oauth2-proxy', text)).toThrow('several oauth2-proxy');
  });

  it('the alpha configuration', () => {
    const draft = convert(
      'oauth2-proxy',
      `upstreamConfig:
  upstreams:
    - { id: app, path: /, uri: "http://app.example.net" }
    - { id: api, path: "^/api/(.*)$", rewriteTarget: "/$1", uri: "http://api.example.net" }
    - { id: odd, path: "^/odd/(.*)$", rewriteTarget: "/x/$1", uri: "http://odd.example.net" }
injectRequestHeaders:
  - { name: X-User, values: [{ claim: user }] }
  - { name: X-Mail, values: [{ claimSource: { claim: email } }] }
  - { name: X-Key, values: [{ value: bm90LXRvLWJlLXNlZW4= }] }
providers:
  - { provider: oidc, clientID: abc, clientSecret: not-to-be-seen, oidcConfig: { issuerURL: "https://login.example.com" }, allowedGroups: [staff] }`,
    );
    expectAnswers(
      draft,
      `GET / as staff → pass
       GET /api/x as other → 403
       GET /api/x as staff → pass
       GET /odd/x as staff → 403`,
    );
    expect(configOf(draft).routes.find(({ path }) => path === '/api/*')).toMatchObject({
      strip_prefix: true,
      upstream: { origin: 'http://api.example.net' },
    });
    expect(draft.vars['IDENTITY_HEADERS']).toEqual({ 'X-User': 'sub', 'X-Mail': 'email' });
    expect(notesOf(draft, 'lost')).toContain('header X-Key');
    expect(JSON.stringify(draft)).not.toMatch(/not-to-be-seen|bm90LXRv/);
  });
});
