// Faults, each planted into a good installation: the check that finds it, and words of its cure.

import { createMisconfiguredApp } from '../../../src/answer/misconfigured-app.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { ISSUER, ORIGIN } from '../../support/harness.ts';
import { type Bed, UPSTREAM_SECRET } from '../doctor-bed.ts';

export interface Fault {
  readonly name: string;
  readonly plant: (bed: Bed) => unknown;
  readonly check: string;
  readonly cure: RegExp;
  readonly args?: readonly string[];
  /** Checks that fail with it. */
  readonly also?: readonly string[];
}

const PARTNER = [{ path: '/partner/*', upstream: 'https://partner.example', upstream_secret: 'PARTNER_SECRET' }];

const application = ({ harness }: Bed) => harness.zitadel.webApplication;

export async function useKey(bed: Bed, expiresAt?: number) {
  application(bed).authMethod = 'private_key_jwt';
  const file = await bed.harness.zitadel.createApplicationKey(application(bed).id, expiresAt);
  Object.assign(bed.values, { ZITADEL_CLIENT_KEY: JSON.stringify(file) });
}

export const FAULTS: readonly Fault[] = [
  {
    name: 'a misspelled variable',
    plant: ({ values }) => Object.assign(values, { ZITADEL_CLIENTID: '1' }),
    check: 'configuration',
    cure: /did you mean ZITADEL_CLIENT_ID/,
  },
  {
    name: 'a required variable missing',
    plant: ({ values }) => delete values['UPSTREAM_URL'],
    check: 'configuration',
    cure: /UPSTREAM_URL = /,
  },
  {
    name: 'a weak SESSION_SECRET',
    plant: ({ values }) =>
      Object.assign(values, { SESSION_SECRET: 'changeme-changeme-changeme-changeme-changeme-changeme' }),
    check: 'secrets',
    cure: /openssl rand -hex 32/,
  },
  {
    name: 'a secret in wrangler.toml',
    plant: ({ wrangler, values }) => Object.assign(wrangler, { vars: { SESSION_SECRET: values['SESSION_SECRET'] } }),
    check: 'secrets',
    cure: /wrangler secret put SESSION_SECRET/,
  },
  {
    name: 'one secret for two purposes',
    plant: ({ values }) => Object.assign(values, { OPERATOR_SECRET: UPSTREAM_SECRET }),
    check: 'secrets',
    cure: /a value of its own/,
  },
  {
    name: 'a weak secret of a route’s own upstream',
    plant: ({ values }) => Object.assign(values, { ROUTES: PARTNER, PARTNER_SECRET: 'ab'.repeat(20) }),
    check: 'secrets',
    cure: /openssl rand -hex 32/,
  },
  {
    name: 'one that is the gateway’s own',
    plant: ({ values }) => Object.assign(values, { ROUTES: PARTNER, PARTNER_SECRET: UPSTREAM_SECRET }),
    check: 'secrets',
    cure: /a value of its own/,
  },
  {
    name: 'no KV namespace',
    plant: ({ wrangler }) => Object.assign(wrangler, { kv_namespaces: [] }),
    check: 'bindings',
    cure: /\[\[kv_namespaces\]\] binding = "SESSIONS"/,
  },
  {
    name: 'no Durable Object binding',
    plant: ({ wrangler }) => Object.assign(wrangler, { durable_objects: { bindings: [] } }),
    check: 'bindings',
    cure: /class_name = "UserSessions"/,
  },
  {
    name: 'no migration of the Durable Object',
    plant: ({ wrangler }) => Object.assign(wrangler, { migrations: [] }),
    check: 'bindings',
    cure: /new_sqlite_classes/,
  },
  {
    name: 'workers_dev left on',
    plant: ({ wrangler }) => Object.assign(wrangler, { workers_dev: true }),
    check: 'addresses',
    cure: /workers_dev = false/,
  },
  {
    name: 'preview_urls not said',
    plant: ({ wrangler }) => Object.assign(wrangler, { preview_urls: undefined }),
    check: 'addresses',
    cure: /preview_urls = false/,
  },
  {
    name: 'no route',
    plant: ({ wrangler }) => Object.assign(wrangler, { routes: [] }),
    check: 'routes',
    cure: /pattern = "app\.example\.com", custom_domain = true/,
  },
  {
    name: 'a route that covers a part of the site',
    plant: ({ wrangler }) => Object.assign(wrangler, { routes: [{ pattern: 'app.example.com/app/*' }] }),
    check: 'routes',
    cure: /pattern = "app\.example\.com\/\*"/,
  },
  {
    name: 'an upstream on loopback',
    plant: ({ values }) => Object.assign(values, { UPSTREAM_URL: 'http://localhost:8081' }),
    check: 'reach',
    cure: /Tunnel/,
  },
  {
    name: 'Workers Cache in front of the worker',
    plant: ({ wrangler }) => Object.assign(wrangler, { cache: { enabled: true } }),
    check: 'runtime',
    cure: /enabled = false/,
  },
  {
    name: 'identity headers larger than servers take',
    plant: ({ values }) =>
      Object.assign(values, {
        ROUTES: [{ path: '/*', roles: Array.from({ length: 400 }, (_, at) => `a-role-with-a-long-name-${at}`) }],
      }),
    check: 'header size',
    cure: /IDENTITY_HEADERS/,
  },
  {
    name: 'ZITADEL away',
    plant: ({ away }) => away.add(ISSUER),
    check: 'discovery',
    cure: /ZITADEL_DOMAIN/,
  },
  {
    name: 'ZITADEL limiting this address',
    plant: ({ harness }) => Object.assign(harness.zitadel.settings, { rateLimited: true }),
    check: 'discovery',
    also: ['gateway'],
    cure: /wait a minute/,
  },
  {
    name: 'an address that is no ZITADEL',
    plant: ({ others }) => others.set(ISSUER, () => new Response('<h1>Hello</h1>')),
    check: 'discovery',
    cure: /origin of the instance/,
  },
  {
    name: 'a ZITADEL that knows itself by another name',
    plant: ({ harness }) =>
      harness.zitadel.faults.set('discovery', {
        status: 404,
        body: 'unable to set instance using origin &{127.0.0.1:8080  http} (ExternalDomain is localhost): ID=QUERY-1kIjX Message=Instance not found.',
      }),
    check: 'issuer',
    also: ['gateway'],
    cure: /localhost and 127\.0\.0\.1 are two names/,
  },
  {
    name: 'another issuer',
    plant: ({ harness }) =>
      Object.assign(harness.zitadel.tamper, {
        discovery: (json: object) => ({ ...json, issuer: 'https://other.example' }),
      }),
    check: 'issuer',
    also: ['gateway'],
    cure: /ZITADEL_DOMAIN = "https:\/\/other\.example"/,
  },
  {
    name: 'clocks that disagree',
    plant: (bed) => Object.assign(bed, { skew: 120 }),
    check: 'clock',
    cure: /NTP/,
  },
  {
    name: 'no signing key',
    plant: ({ harness }) => Object.assign(harness.zitadel.tamper, { jwks: () => ({ keys: [] }) }),
    check: 'keys',
    cure: /web key/,
  },
  {
    name: 'a redirect URI that ZITADEL does not know',
    plant: (bed) => Object.assign(application(bed), { redirectUris: [`${ORIGIN}/other`] }),
    check: 'redirect URI',
    cure: /add https:\/\/app\.example\.com\/auth\/callback/,
  },
  {
    name: 'a client id that ZITADEL does not know',
    plant: ({ values }) => Object.assign(values, { ZITADEL_CLIENT_ID: '249703852243229999' }),
    check: 'redirect URI',
    also: ['post-logout URI', 'client'],
    cure: /ZITADEL_CLIENT_ID is not known/,
  },
  {
    name: 'an organisation that does not exist',
    plant: ({ values }) => Object.assign(values, { ZITADEL_ORG_ID: '249703000000000009' }),
    check: 'redirect URI',
    cure: /ZITADEL_ORG_ID/,
  },
  {
    name: 'a post-logout URI that ZITADEL does not know',
    plant: (bed) => Object.assign(application(bed), { postLogoutRedirectUris: [] }),
    check: 'post-logout URI',
    cure: /add https:\/\/app\.example\.com\/auth\/logout\/callback/,
  },
  {
    name: 'a confidential application without a secret here',
    plant: (bed) => Object.assign(application(bed), { authMethod: 'client_secret_basic', clientSecret: 'x' }),
    check: 'client',
    cure: /ZITADEL_CLIENT_SECRET/,
  },
  {
    name: 'a wrong client secret',
    plant: (bed) => {
      Object.assign(application(bed), { authMethod: 'client_secret_basic', clientSecret: 'the right one' });
      Object.assign(bed.values, { ZITADEL_CLIENT_SECRET: 'a wrong one' });
    },
    check: 'client',
    cure: /generate a new one/,
  },
  {
    name: 'an application key that has expired',
    plant: (bed) => useKey(bed, bed.harness.clock.now - 60),
    check: 'client',
    cure: /create a new key/,
  },
  {
    name: 'a key file whose key is none',
    plant: async (bed) => {
      await useKey(bed);
      const file = JSON.parse(String(bed.values['ZITADEL_CLIENT_KEY'])) as { key: string };
      const [begin = '', , ...rest] = file.key.split('\n');
      Object.assign(bed.values, { ZITADEL_CLIENT_KEY: JSON.stringify({ ...file, key: [begin, ...rest].join('\n') }) });
    },
    check: 'client',
    cure: /as ZITADEL gave it/,
  },
  {
    name: 'refresh tokens switched off',
    plant: (bed) => Object.assign(application(bed), { grantTypes: ['authorization_code'] }),
    check: 'refresh token',
    cure: /switch on Refresh Token/,
  },
  {
    name: 'wrong credentials for introspection',
    plant: ({ values }) => Object.assign(values, { ZITADEL_API_CLIENT_SECRET: 'a wrong one' }),
    check: 'introspection',
    cure: /API application/,
  },
  {
    name: 'a gateway that is not deployed',
    plant: ({ away }) => away.add(ORIGIN),
    check: 'gateway',
    cure: /npx postern deploy/,
  },
  {
    name: 'somebody else at the gateway’s address',
    plant: ({ others }) => others.set(ORIGIN, () => new Response('parked', { status: 200 })),
    check: 'gateway',
    cure: /route lead to the worker/,
  },
  {
    name: 'a gateway that was deployed without its secret',
    plant: ({ others }) => {
      const loaded = loadConfig({});
      const app = createMisconfiguredApp(loaded.ok ? [] : loaded.issues, () => undefined);
      others.set(ORIGIN, (request) => app.fetch(request as never));
    },
    check: 'gateway',
    cure: /SESSION_SECRET is not set/,
  },
  {
    name: 'a store that does not answer the gateway',
    plant: ({ harness }) => Object.assign(harness.kv.faults, { failReads: true }),
    check: 'gateway',
    cure: /namespace of SESSIONS/,
  },
  {
    name: 'a back channel on a private address',
    plant: ({ addresses }) => addresses.set('app.example.com', ['10.0.0.7']),
    check: 'back channel',
    cure: /public address/,
  },
  {
    name: 'an application that answers anybody',
    plant: ({ others }) => others.set('https://upstream.example.net', () => new Response('welcome')),
    check: 'way past',
    cure: /X-Gateway-Secret/,
  },
  {
    name: 'a second, public way to the application',
    plant: ({ others }) => others.set('https://old.example.net', () => new Response('welcome')),
    args: ['--upstream-public', 'https://old.example.net/'],
    check: 'way past',
    cure: /Tunnel/,
  },
  {
    name: 'a token that is over',
    plant: () => undefined,
    args: ['--token', 'nobody-knows-this-token'],
    check: 'claims',
    cure: /sign in anew/,
  },
];
