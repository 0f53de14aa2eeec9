// Files with several hosts: one gateway, with an entry of SITES for each but the first. docs/sites.md, docs/moving.md.

import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { loadDraft } from '../../../cli/import/check.ts';
import { writeDeployment } from '../../../cli/import/deployment.ts';
import { withSites } from '../../../cli/import/sites.ts';
import { loadTemplates } from '../../../cli/init/templates.ts';
import { compileConfigs } from '../../../src/config/resolve-sites.ts';
import { ask, convert, notesOf } from './bed.ts';

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
  - hostname: gitlab.example.com
    service: http://localhost:8080
  - hostname: docs.example.com
    path: ^/api/
    service: http://localhost:9000
  - hostname: docs.example.com
    service: http://localhost:9001
  - hostname: ssh.example.com
    service: ssh://localhost:22
  - service: http_status:404`;

const imported = (kind: 'pomerium' | 'cloudflared', text: string) =>
  withSites(convert(kind, text), (host) => convert(kind, text, { host }));

function configsOf(draft: ReturnType<typeof imported>) {
  const loaded = loadDraft(draft);
  expect(loaded.ok ? [] : loaded.issues).toEqual([]);
  return compileConfigs(loaded as typeof loaded & { ok: true });
}

describe('import of files with several hosts', () => {
  it('makes one gateway of Pomerium’s: each host with its application and its rules', () => {
    const draft = imported('pomerium', POMERIUM);
    const configAt = configsOf(draft);
    const asked = [
      ['verify.example.com', 'GET / as staff', 'pass'],
      ['verify.example.com', 'GET / as other', '403'],
      ['grafana.example.com', 'GET /public/x as anonymous', 'pass'],
      ['grafana.example.com', 'GET /x as anonymous', '302'],
      ['grafana.example.com', 'GET /x as other', 'pass'],
      ['code.example.com:8443', 'GET / as staff', '403'],
      ['code.example.com:8443', 'GET / as admin', 'pass'],
    ] as const;
    expect(asked.map(([host, question]) => [host, question, ask(configAt(host).config, question)])).toEqual(asked);
    expect(configAt('grafana.example.com').config.upstream.origin).toBe('http://grafana:3000');
    expect(draft.otherHosts).toEqual([]);
    // What is said of the gateway is said once.
    expect(
      notesOf(draft)
        .split('\n')
        .filter((line) => line.includes('authenticate_service_url')),
    ).toHaveLength(1);
  });

  it('makes one gateway of a tunnel’s, and names what is no web application', () => {
    const draft = imported('cloudflared', CLOUDFLARED);
    expect(draft.sites?.map(({ host, fields }) => [host, fields])).toEqual([
      ['docs.example.com', { upstream: expect.stringContaining('localhost:900') }],
    ]);
    expect(draft.otherHosts).toEqual(['ssh.example.com']);
    expect(configsOf(draft)('docs.example.com').config.routes.length).toBeGreaterThan(0);
  });

  it('writes what the loader reads again, and a domain for each host', async () => {
    const draft = imported('pomerium', POMERIUM);
    const template = (await loadTemplates()).find(({ path }) => path === 'wrangler.toml')?.text ?? '';
    const frame = { template, compatibilityDate: '2026-07-30', name: 'gateway', from: 'Pomerium' };
    const { wrangler } = writeDeployment(draft, { ...frame, hasPosternFile: false });
    const { vars, routes } = parse(wrangler) as unknown as {
      vars: { SITES: { host: string; upstream: string; routes: object[] }[] };
      routes: { pattern: string }[];
    };
    expect(routes.map(({ pattern }) => pattern)).toEqual(
      ['verify', 'grafana', 'code'].map((name) => `${name}.example.com`),
    );
    expect(vars.SITES).toMatchObject([
      {
        host: 'grafana.example.com',
        upstream: 'http://grafana:3000',
        routes: [{ path: '/public/*', access: 'public' }],
      },
      { host: 'code.example.com:8443', upstream: 'http://code:8080', routes: [{ path: '/*', roles: ['admin'] }] },
    ]);
  });
});
