// By which name the old gateway called an application: UPSTREAM_HOST, and upstream_host where rules or sites differ. docs/host-and-origin.md.

import { describe, expect, it } from 'vitest';
import { explainRequest } from '../../../cli/explain/explanation.ts';
import { createQuestion } from '../../../cli/explain/question.ts';
import type { Draft } from '../../../cli/import/draft.ts';
import type { KindName } from '../../../cli/import/recognise.ts';
import { configOf, convert, convertSites, notesOf } from './bed.ts';

/** What the application hears as its own origin; `its own`. */
function calledAt(draft: Draft, path: string): string {
  const question = createQuestion('GET', path, { roles: ['staff'] });
  return explainRequest(configOf(draft), question).calledAs?.origin ?? 'its own';
}

const PUBLIC = 'https://app.example.com';
const oauth2 = (lines: string) =>
  `email_domains = "*"\nredirect_url = "${PUBLIC}/oauth2/callback"\nupstreams = ["http://app.internal/", "http://api.internal/api/"]\n${lines}`;
const alpha = (root: string, api: string) =>
  `upstreamConfig:\n  upstreams:\n    - { id: a, path: /, uri: "http://app.internal"${root} }\n    - { id: b, path: /api/, uri: "http://api.internal"${api} }\n`;
const pomerium = (root: string, api: string) => `routes:
  - { from: "${PUBLIC}", to: "http://app.internal", allow_any_authenticated_user: true${root} }
  - { from: "${PUBLIC}", to: "http://api.internal", prefix: /api/, allow_any_authenticated_user: true${api} }`;
const tunnel = (global: string, api: string) => `ingress:
  - { hostname: app.example.com, path: ^/api/, service: "http://api.internal"${api} }
  - { hostname: app.example.com, service: "http://app.internal" }
  - { service: "http_status:404" }
${global}`;
const apache = (lines: string, api: string) => `${lines}
<VirtualHost *:443>
  ServerName app.example.com
  ProxyPass /api http://api.internal/api
  ProxyPass / http://app.internal/
  <Location />
    AuthType openid-connect
    Require valid-user
  </Location>
  <Location /api>
    ${api}
  </Location>
</VirtualHost>`;

describe('by which name an application is called', () => {
  it.each<[string, KindName, string, string, string, object]>([
    ['oauth2-proxy, as it is made', 'oauth2-proxy', oauth2(''), PUBLIC, PUBLIC, { UPSTREAM_HOST: 'public' }],
    ['oauth2-proxy', 'oauth2-proxy', oauth2('pass_host_header = true'), PUBLIC, PUBLIC, { UPSTREAM_HOST: 'public' }],
    ['oauth2-proxy, not', 'oauth2-proxy', oauth2('pass_host_header = false'), 'its own', 'its own', {}],
    ['alpha', 'oauth2-proxy', alpha('', ', passHostHeader: true'), PUBLIC, PUBLIC, { UPSTREAM_HOST: 'public' }],
    ['alpha, of one', 'oauth2-proxy', alpha(', passHostHeader: false', ''), 'its own', PUBLIC, {}],
    ['Pomerium, as it is made', 'pomerium', pomerium('', ''), 'its own', 'its own', {}],
    [
      'preserve_host_header',
      'pomerium',
      pomerium(', preserve_host_header: true', ', preserve_host_header: true'),
      PUBLIC,
      PUBLIC,
      { UPSTREAM_HOST: 'public' },
    ],
    ['preserve_host_header, of one', 'pomerium', pomerium('', ', preserve_host_header: true'), 'its own', PUBLIC, {}],
    [
      'host_rewrite',
      'pomerium',
      pomerium(', host_rewrite: wiki.internal', ', host_rewrite: wiki.internal'),
      'http://wiki.internal',
      'http://wiki.internal',
      { UPSTREAM_HOST: 'wiki.internal' },
    ],
    [
      'host_rewrite, of one',
      'pomerium',
      pomerium(', host_rewrite: wiki.internal', ''),
      'http://wiki.internal',
      'its own',
      {},
    ],
    [
      'host_rewrite with a port',
      'pomerium',
      pomerium(', host_rewrite: "w.internal:81"', ''),
      'http://w.internal:81',
      'its own',
      {},
    ],
    ['host_rewrite that is none', 'pomerium', pomerium(', host_rewrite: "a b"', ''), 'its own', 'its own', {}],
    [
      'host_rewrite to a word of ours',
      'pomerium',
      pomerium(', host_rewrite: upstream', ', host_rewrite: public'),
      'its own',
      'its own',
      {},
    ],
    ['cloudflared, as it is made', 'cloudflared', tunnel('', ''), 'its own', 'its own', {}],
    [
      'httpHostHeader',
      'cloudflared',
      tunnel('originRequest: { httpHostHeader: App.example.com }', ''),
      PUBLIC,
      PUBLIC,
      { UPSTREAM_HOST: 'public' },
    ],
    [
      'httpHostHeader, of one',
      'cloudflared',
      tunnel('originRequest: { httpHostHeader: app.example.com }', ', originRequest: { httpHostHeader: api.local }'),
      PUBLIC,
      'http://api.local',
      {},
    ],
    [
      'ProxyPreserveHost, of the server',
      'apache',
      apache('ProxyPreserveHost On', ''),
      PUBLIC,
      PUBLIC,
      { UPSTREAM_HOST: 'public' },
    ],
    ['ProxyPreserveHost, of a section', 'apache', apache('', 'ProxyPreserveHost On'), 'its own', PUBLIC, {}],
    [
      'ProxyPreserveHost, not in a section',
      'apache',
      apache('ProxyPreserveHost On', 'ProxyPreserveHost Off'),
      PUBLIC,
      'its own',
      {},
    ],
    ['Apache, as it is made', 'apache', apache('', ''), 'its own', 'its own', {}],
  ])('%s', (_, kind, text, root, api, vars) => {
    const draft = convert(kind, text);
    expect([calledAt(draft, '/x'), calledAt(draft, '/api/x')]).toEqual([root, api]);
    expect({ UPSTREAM_HOST: draft.vars['UPSTREAM_HOST'] }).toEqual({ UPSTREAM_HOST: undefined, ...vars });
    const isCalled = root !== 'its own' || api !== 'its own';
    expect(notesOf(draft, 'changed').includes('UPSTREAM_HOST')).toBe(isCalled);
    // It is told in the notes' own words alone.
    expect(notesOf(draft)).not.toMatch(/(?:other name|not possible): UPSTREAM_HOST/);
  });

  it('of a single service, by a flag, and as Terraform writes it', () => {
    const single = 'tunnel: x\nurl: http://app.internal\nhttp-host-header: wiki.internal\n';
    expect(convert('cloudflared', single).vars).toMatchObject({ UPSTREAM_HOST: 'wiki.internal' });
    const state = {
      ingress_rule: [
        { hostname: 'app.example.com', service: 'http://x', origin_request: [{ http_host_header: 'app.example.com' }] },
      ],
    };
    expect(convert('cloudflared', JSON.stringify({ config: state })).vars).toMatchObject({ UPSTREAM_HOST: 'public' });
  });

  it('of each site; a name is the first site’s alone', () => {
    const text = (first: string, other: string) => `routes:
  - { from: "https://a.example.com", to: "http://a", allow_any_authenticated_user: true${first} }
  - { from: "https://b.example.com", to: "http://b", allow_any_authenticated_user: true${other} }`;
    const fieldsAt = (first: string, other: string) => convertSites('pomerium', text(first, other)).sites?.[0]?.fields;
    const kept = ', preserve_host_header: true';
    expect(fieldsAt(kept, kept)).toEqual({ upstream: 'http://b' });
    expect(fieldsAt(kept, '')).toEqual({ upstream: 'http://b', upstream_host: 'upstream' });
    expect(fieldsAt('', kept)).toEqual({ upstream: 'http://b', upstream_host: 'public' });
    expect(fieldsAt(', host_rewrite: a.internal', '')).toEqual({ upstream: 'http://b' });
    expect(fieldsAt(', host_rewrite: a.internal', ', host_rewrite: a.internal')).toEqual({
      upstream: 'http://b',
      upstream_host: 'a.internal',
    });
  });
});
