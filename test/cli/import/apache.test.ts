// Apache with mod_auth_openidc: the later section is the earlier rule, and nothing is opened that was not read in full.

import { describe, expect, it } from 'vitest';
import { configOf, convert, expectAnswers, notesOf } from './bed.ts';

const HEAD = `
OIDCProviderMetadataURL https://login.example.com/.well-known/openid-configuration
OIDCClientID 249703852243222581
OIDCClientSecret not-to-be-seen
OIDCCryptoPassphrase not-to-be-seen-either
OIDCRedirectURI https://app.example.com/callback/oidc
OIDCRemoteUserClaim preferred_username
`;

const site = (body: string, head = HEAD): string => `${head}
<VirtualHost *:80>
  ServerName app.example.com
  Redirect permanent / https://app.example.com/
</VirtualHost>
<VirtualHost *:443>
  ServerName app.example.com
  ${body}
</VirtualHost>`;

const PROXY = 'ProxyPass / http://app.internal:8080/\n';
const protect = (require: string, more = ''): string =>
  site(`${PROXY}<Location />\nAuthType openid-connect\n${more}\n${require}\n</Location>`);

describe('sections', () => {
  it('the last one that fits decides; what none protects stays open where it is passed on', () => {
    const draft = convert(
      'apache',
      site(`
  ProxyPass /.well-known !
  ProxyPass /api http://api.internal:9000
  ProxyPass / http://app.internal:8080/
  ProxyPassReverse / http://app.internal:8080/
  RequestHeader set X-User "%{OIDC_CLAIM_preferred_username}e"
  RequestHeader set X-Forwarded-Proto https
  <Location /callback/oidc>
    AuthType openid-connect
    Require valid-user
  </Location>
  <Location "/admin">
    AuthType openid-connect
    Require claim roles:admin
    Require claim groups:root
  </Location>
  <Location /admin/public>
    Require all granted
  </Location>
  <LocationMatch "^/(private|secret)/">
    AuthType openid-connect
    <RequireAll>
      Require valid-user
      Require claim "department:sales"
    </RequireAll>
  </LocationMatch>`),
    );
    expectAnswers(
      draft,
      `GET / as anonymous → pass
       GET /api/x as anonymous → pass
       GET /.well-known/x as anonymous → 403
       GET /admin as anonymous → 302
       GET /admin/x as admin → pass
       GET /admin/x as root → pass
       GET /admin/x as other → 403
       GET /admin/public/x as anonymous → pass
       GET /private/x as anonymous → 302
       GET /secret/x as somebody → 403
       GET /administrator as anonymous → pass`,
    );
    expect(draft.vars).toMatchObject({
      UPSTREAM_URL: 'http://app.internal:8080',
      ZITADEL_DOMAIN: 'https://login.example.com',
      ZITADEL_CALLBACK_URL: 'https://app.example.com/callback/oidc',
      IDENTITY_HEADERS: { 'X-User': 'preferred_username' },
    });
    const config = configOf(draft);
    expect(config.routes.find(({ path }) => path === '/api/*')).toMatchObject({
      strip_prefix: true,
      upstream: { origin: 'http://api.internal:9000' },
    });
    expect(notesOf(draft, 'todo')).toContain('open to everybody, as before');
    expect(JSON.stringify(draft)).not.toContain('not-to-be-seen');
  });

  it.each([
    ['an Include that is missing', 'Include conf.d/extra.conf'],
    ['a condition', '<If "%{HTTP_HOST} == \'x\'">\nRequire valid-user\n</If>'],
    ['files', '<FilesMatch "\\.secret$">\nRequire all denied\n</FilesMatch>'],
    ['a folder that is nowhere', '<Directory /srv/x>\nAuthType openid-connect\nRequire valid-user\n</Directory>'],
    [
      'a module that may be missing',
      '<IfModule !mod_x.c>\n<Location /x>\nRequire all denied\n</Location>\n</IfModule>',
    ],
    ['a macro', 'Use Protect /x'],
  ])('with %s nothing is opened beside what says so itself', (_, what) => {
    const draft = convert(
      'apache',
      site(
        `${PROXY}${what}\n<Location /admin>\nAuthType openid-connect\nRequire valid-user\n</Location>\n<Location /open>\nRequire all granted\n</Location>`,
      ),
    );
    expectAnswers(draft, 'GET / as anonymous → 302\nGET /open as anonymous → pass\nGET /admin as anonymous → 302');
    expect(notesOf(draft, 'closed')).not.toBe('');
  });

  it('parts of a configuration open nothing; what is included counts', () => {
    expectAnswers(convert('apache', `${HEAD}${PROXY}`), 'GET / as anonymous → 302');
    const files = {
      'site.conf': site(`${PROXY}Include conf.d/*.conf`),
      'conf.d/a.conf': '<Location />\nAuthType openid-connect\nRequire claim roles:staff\n</Location>',
    };
    expectAnswers(convert('apache', files), 'GET / as staff → pass\nGET / as other → 403');
  });

  it('an expression that no path tells is closed, though a section above it opens', () => {
    const draft = convert(
      'apache',
      site(
        `${PROXY}<Location />\nRequire all granted\n</Location>\n<LocationMatch "^/files/[0-9]+$">\nAuthType openid-connect\nRequire claim roles:staff\n</LocationMatch>\n<LocationMatch "^/old.*$">\nRequire all denied\n</LocationMatch>`,
      ),
    );
    expectAnswers(
      draft,
      `GET /files/1 as anonymous → 403
       GET /files/1 as staff → 403
       GET /older/x as anonymous → 403
       GET /x as anonymous → pass`,
    );
  });

  it('what is refused outside of Require stays so; under a condition, nothing is opened by itself', () => {
    const refuse = (lines: string) =>
      convert(
        'apache',
        site(`${PROXY}${lines}\n<Location /admin>\nAuthType openid-connect\nRequire valid-user\n</Location>`),
      );
    expectAnswers(
      refuse(
        'RewriteRule ^/private/ - [F,L]\nRedirectMatch 404 ^/\\.git\nRedirect gone /old\nRewriteRule ^/moved$ /new [R=301,L]',
      ),
      `GET /private/x as anonymous → 403
       GET /.git/config as anonymous → 403
       GET /old/x as somebody → 403
       GET /moved as anonymous → pass
       GET / as anonymous → pass`,
    );
    expectAnswers(refuse('RewriteCond %{REMOTE_ADDR} !^10\nRewriteRule ^/ - [F]'), 'GET / as anonymous → 302');
  });

  it('folders where Alias and DocumentRoot say which path they are; locations count more', () => {
    const draft = convert(
      'apache',
      site(
        `${PROXY}DocumentRoot /var/www/html\nAlias /docs /srv/docs\n<Directory /srv/docs/internal>\nAuthType openid-connect\nRequire claim roles:staff\n</Directory>\n<Directory /var/www/html/admin>\nAuthType openid-connect\nRequire valid-user\n</Directory>\n<Location /admin/x>\nRequire all denied\n</Location>`,
      ),
    );
    expectAnswers(
      draft,
      `GET /docs/internal/a as other → 403
       GET /docs/internal/a as staff → pass
       GET /admin/y as anonymous → 302
       GET /admin/x as somebody → 403`,
    );
  });
});

describe('Require', () => {
  it.each([
    ['valid-user', 'Require valid-user', 'GET / as anonymous → 302\nGET / as somebody → pass'],
    [
      'several lines are alternatives',
      'Require claim roles:a\nRequire claim realm_access.roles:b',
      'GET / as a → pass\nGET / as b → pass\nGET / as c → 403',
    ],
    ['several values too', 'Require claim groups:a groups:b', 'GET / as b → pass\nGET / as c → 403'],
    ['ZITADEL’s own claim', 'Require claim urn:zitadel:iam:org:project:roles:a', 'GET / as a → pass\nGET / as c → 403'],
    [
      'an address',
      'Require claim email:ada@example.com',
      'GET / as ada@example.com → pass\nGET / as eve@example.com → 403',
    ],
    ['an expression of whole words', 'Require claim roles~^(a|b)$', 'GET / as b → pass\nGET / as c → 403'],
    ['an expression', 'Require claim email~@example.com$', 'GET / as ada@example.com → 403'],
    ['users', 'Require user ada', 'GET / as other → 403\nGET / as anonymous → 302'],
    [
      'RequireAll with a network',
      '<RequireAll>\nRequire claim roles:a\nRequire ip 10.0.0.0/8\n</RequireAll>',
      'GET / as a → 403',
    ],
    [
      'RequireAny with a network: the role',
      '<RequireAny>\nRequire claim roles:a\nRequire ip 10.0.0.0/8\n</RequireAny>',
      'GET / as a → pass\nGET / as anonymous → 302',
    ],
    ['a network alone', 'Require ip 10.0.0.0/8', 'GET / as anybody → 403'],
    [
      'RequireNone',
      'Require valid-user\n<RequireNone>\nRequire claim roles:bad\n</RequireNone>',
      'GET / as somebody → pass',
    ],
    [
      'RequireAll with RequireNone',
      '<RequireAll>\nRequire valid-user\n<RequireNone>\nRequire claim roles:bad\n</RequireNone>\n</RequireAll>',
      'GET / as somebody → 403',
    ],
    ['not', '<RequireAll>\nRequire valid-user\nRequire not claim roles:bad\n</RequireAll>', 'GET / as somebody → 403'],
    ['all denied', 'Require all denied', 'GET / as anybody → 403'],
    ['all granted', 'Require all granted', 'GET / as anonymous → pass'],
    ['2.2', 'Order allow,deny\nAllow from all\nSatisfy Any', 'GET / as anybody → 403'],
    ['AuthMerging', 'AuthMerging Or\nRequire valid-user', 'GET / as anybody → 403'],
    ['another AuthType', 'AuthType Basic\nRequire valid-user', 'GET / as anybody → 403'],
    [
      'Limit',
      '<Limit POST PUT>\nRequire claim roles:a\n</Limit>\nRequire valid-user',
      'GET / as somebody → pass\nPUT / as somebody → 403\nPUT / as a → pass',
    ],
    [
      'LimitExcept',
      '<LimitExcept GET>\nRequire claim roles:a\n</LimitExcept>\nRequire valid-user',
      'GET / as somebody → pass\nPUT / as somebody → 403\nPUT / as a → pass',
    ],
  ])('%s', (_, require, table) => {
    expectAnswers(convert('apache', protect(require)), table);
  });

  it('what an unknown visitor gets: a sign-in, 401, or the page itself', () => {
    expectAnswers(
      convert('apache', protect('Require valid-user', 'OIDCUnAuthAction pass')),
      'GET / as anonymous → pass',
    );
    expectAnswers(convert('apache', protect('Require valid-user', 'OIDCUnAuthAction 401')), 'GET / as anonymous → 401');
    expectAnswers(
      convert('apache', protect('Require claim roles:a', 'OIDCUnAuthAction pass')),
      'GET / as anonymous → 302',
    );
    expectAnswers(
      convert('apache', protect('Require valid-user', `OIDCUnAuthAction pass "%{QUERY_STRING} == ''"`)),
      'GET / as anonymous → 302',
    );
  });

  it('sessions: no longer than before', () => {
    const vars = (lines: string) => convert('apache', `${HEAD}${lines}`).vars;
    expect(vars('OIDCSessionInactivityTimeout 86400')).toMatchObject({ SESSION_DURATION: 43_200 });
    expect(vars('OIDCSessionInactivityTimeout 600\nOIDCSessionMaxDuration 1800')).toMatchObject({
      SESSION_DURATION: 600,
      SESSION_MAX_DURATION: 1800,
    });
    expect(vars('OIDCUserInfoRefreshInterval 120')).toMatchObject({ CLAIMS_MAX_AGE: 120 });
  });
});
