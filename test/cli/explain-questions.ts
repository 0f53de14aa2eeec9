// What `explain` and the worker are asked alike: configurations, and requests about the endpoints, about paths near them, and about
// the application's.

import fc from 'fast-check';
import { ENDPOINTS, type EndpointName } from '../../src/endpoints/catalogue.ts';
import { SEED } from '../../stand-in/seed.ts';

const CALLBACKS = ['/auth/callback', '/auth/cb', '/callback', '/a/b/cb', '/sso/Done'];
const POST_LOGOUTS = [undefined, undefined, '/bye', '/', 'FOLDER/bye'];
const RULE_PATHS = [
  '/*',
  '/a/*',
  '/*',
  '/',
  '/a/*',
  '/a/b',
  '/bye',
  '/auth/*',
  '/AUTH/*',
  '/.well-known/*',
  '/x*/y',
  '/é/*',
  '/callback',
  '/login',
];
const PATHS = [
  '/',
  '/a',
  '/a/',
  '/A/b',
  '/a/b/c',
  '/a/b/cb',
  '/a%2fb',
  '/a/..%2fb',
  '/x1/y',
  '/bye',
  '/bye/',
  '/%00',
  '/a/%E9',
  '/%E9/x',
  '/%C3%A9',
  '/a/..%C0%AF%E9',
  '/a/%25E9',
  '/a/./b',
  '//a',
];
const IN_FOLDER = [
  '',
  '/',
  'x',
  'x/login',
  '/whatever',
  '/callback',
  '/cb',
  '/bye',
  '/operator',
  '/login/x',
  '/%2e%2e/login',
];
const HOSTS = [
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  'app.example.com:443',
  'APP.example.com',
  'app.example.com:8443',
];
const OTHER_HOSTS = ['other.example.com', 'other.example.com:81', 'evil.example'];
const SITE_HOSTS = [
  'wiki.example.com',
  'wiki.example.com',
  'WIKI.example.com:443',
  'wiki.example.com:8443',
  'shop.example.net:8443',
  'pr-1.apps.example.com',
  'pr-2.apps.example.com',
  'fixed.apps.example.com',
  'a.b.apps.example.com',
  'apps.example.com',
];

const WHERE = {
  path: fc.constantFrom(...RULE_PATHS),
  methods: fc.subarray(['GET', 'POST', 'PROPFIND'], { minLength: 1 }),
  hosts: fc.constantFrom(['other.example.com'], ['app.example.com', 'other.example.com:81']),
  mode: fc.constantFrom('enforce', 'report'),
  upstream: fc.constant('https://files.internal/base'),
  paths: fc.constantFrom('utf-8', 'bytes', 'bytes'),
};
const open = fc.record(
  { ...WHERE, access: fc.constantFrom('public', 'public', 'deny') },
  { requiredKeys: ['path', 'access'] },
);
const guarded = fc.record(
  {
    ...WHERE,
    roles: fc.constantFrom(['admin'], ['admin', 'staff'], ['nobody']),
    orgs: fc.constantFrom([SEED.organizationId], ['1']),
    credentials: fc.constantFrom(['session'], ['session', 'bearer'], ['bearer']),
    unauthenticated: fc.constantFrom('auto', 'redirect', '401'),
    amr: fc.constant(['mfa']),
    max_age: fc.constantFrom(100, 1000),
  },
  { requiredKeys: ['path'] },
);
const steppedUp = fc.record(
  {
    ...WHERE,
    unauthenticated: fc.constantFrom('auto', 'redirect', '401'),
    amr: fc.constant(['mfa']),
    max_age: fc.constant(100),
  },
  { requiredKeys: ['path', 'max_age'] },
);
const keeping = fc
  .record({
    path: WHERE.path,
    hosts: fc.option(WHERE.hosts, { nil: undefined }),
    keep_post: fc.constantFrom('none', 'same-origin', 'cross-site'),
  })
  .map(({ hosts, ...rest }) => ({ ...rest, ...(hosts && { hosts }) }));
const atSite = fc
  .record({ path: WHERE.path, hosts: fc.subarray(SITE_HOSTS.slice(3, 8), { minLength: 1 }), isOpen: fc.boolean() })
  .map(({ isOpen, ...rest }) => ({ ...rest, access: isOpen ? 'public' : 'deny' }));
const rule = fc.oneof(open, guarded, guarded, steppedUp, keeping);

const HOSTS_OF_SITES = ['wiki.example.com', 'shop.example.net:8443', '*.apps.example.com', 'fixed.apps.example.com'];
/** Some with rules of their own, whose `hosts` may be theirs or not; some without. */
const sites = fc.subarray(HOSTS_OF_SITES, { minLength: 1 }).chain((hosts) =>
  fc.tuple(
    ...hosts.map((host) =>
      fc
        .record({
          upstream: fc.option(fc.constant('https://site.internal'), { nil: undefined }),
          project_id: fc.option(fc.constant('249703732336418999'), { nil: undefined, freq: 5 }),
          routes: fc.option(fc.array(fc.oneof(rule, atSite), { maxLength: 3 }), { nil: undefined }),
        })
        .map((given) => ({ host, ...withoutUndefined(given) })),
    ),
  ),
);
const withoutUndefined = (given: object) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

export const configuration = fc.record({
  sites: fc.option(sites, { nil: undefined, freq: 2 }),
  callback: fc.constantFrom(...CALLBACKS),
  postLogout: fc.constantFrom(...POST_LOGOUTS),
  takesBearer: fc.boolean(),
  secrets: fc.boolean(),
  rules: fc.array(rule, { maxLength: 6 }),
});

const NAMES = Object.keys(ENDPOINTS) as EndpointName[];
const WAYS: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => `${path}x`,
  (path) => path.toUpperCase(),
  (path) => path.replace(/\w(?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (path) => path.replace(/^\/(.)/, (_, letter: string) => `/%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
  (path) => `/${path}`,
  (path) => `/z/..${path}`,
  (path) => `${path};x`,
];

export const question = fc.record({
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('GET', 'GET', 'HEAD', 'POST') },
    { weight: 2, arbitrary: fc.constantFrom('PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'PATCH') },
    { weight: 1, arbitrary: fc.constant('TRACE') },
  ),
  place: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...NAMES).map((name) => ({ name })) },
    { weight: 2, arbitrary: fc.constantFrom(...PATHS).map((path) => ({ path })) },
    { weight: 1, arbitrary: fc.constantFrom(...IN_FOLDER).map((below) => ({ below })) },
  ) as fc.Arbitrary<{ name?: EndpointName; path?: string; below?: string }>,
  way: fc.oneof(
    { weight: 2, arbitrary: fc.constant((path: string) => path) },
    { weight: 1, arbitrary: fc.constantFrom(...WAYS) },
  ),
  host: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...HOSTS) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_HOSTS) },
    { weight: 4, arbitrary: fc.constantFrom(...SITE_HOSTS) },
  ),
  who: fc.constantFrom('nobody', 'nobody', 'user', 'staff', 'admin', 'token of user', 'token of admin'),
});

export type Configuration = typeof configuration extends fc.Arbitrary<infer Value> ? Value : never;
export type Question = typeof question extends fc.Arbitrary<infer Value> ? Value : never;
