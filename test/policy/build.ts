// Short ways to rules, requests and callers for the tests of the policy.
// ARCHITECTURE §1 Routes: what is left out has the default.

import type { Route } from '../../src/config/schema.ts';
import { endpointUrl, folderOf, type OwnAddresses } from '../../src/endpoints/catalogue.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { type Decision, decide } from '../../src/policy/decide.ts';
import type { Caller } from '../../src/policy/judge.ts';
import { matchRequest, type Nonsense, type RequestFacts } from '../../src/policy/match.ts';
import type { Requirement } from '../../src/policy/requirement.ts';
import { compileRules, type Rules } from '../../src/policy/rules.ts';

export const NOW = 1_760_000_000;
export const ORIGIN = 'https://app.example.com';
/** Where the gateway's own addresses are, by what is registered at ZITADEL. */
export function addresses(redirect_uri: string, post_logout_redirect_uri?: string): OwnAddresses {
  const { origin, pathname } = new URL(redirect_uri);
  const endpoints = folderOf(pathname);
  const usual = endpointUrl({ origin, endpoints }, 'logoutCallback');
  return { origin, endpoints, redirect_uri, post_logout_redirect_uri: post_logout_redirect_uri ?? usual };
}

export const ORG = '249703000000000001';

export function route(path: string, fields: Partial<Route> = {}): Route {
  return {
    path,
    access: 'authenticated',
    unauthenticated: 'auto',
    keep_post: 'same-origin',
    mode: 'enforce',
    paths: 'utf-8',
    forward_access_token: false,
    forward_id_token: false,
    ...fields,
  };
}

export function rulesOf(...routes: readonly Route[]): Rules {
  return compileRules(routes, { takesBearer: true });
}

export function facts(path: string, fields: Partial<RequestFacts> = {}): RequestFacts {
  return { method: 'GET', host: 'app.example.com', path, ...fields };
}

export function caller(
  roles: readonly string[] = [],
  fields: Partial<Caller> = {},
  identity: Partial<Identity> = {},
): Caller {
  return {
    via: 'session',
    identity: {
      sub: '249703111111111111',
      roles: Object.fromEntries(roles.map((role) => [role, [ORG]])),
      claims: {},
      ...identity,
    },
    auth_time: NOW - 60,
    amr: ['pwd'],
    claimsAt: NOW - 10,
    ...fields,
  };
}

export function requirementOf(rules: Rules, path: string, fields: Partial<RequestFacts> = {}): Requirement {
  const matched = matchRequest(rules, facts(path, fields));
  if (matched.kind === 'nonsense') throw new Error(`${path}: ${matched.reason}`);
  return matched;
}

/** Both stages at once. */
export function judge(
  rules: Rules,
  path: string,
  who?: Caller,
  fields: Partial<RequestFacts> = {},
): Decision | Nonsense {
  const matched = matchRequest(rules, facts(path, fields));
  return matched.kind === 'nonsense' ? matched : decide(matched, who, NOW);
}
