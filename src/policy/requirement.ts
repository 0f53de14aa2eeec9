// What a request must meet: the rules that its readings met, and everything that follows from them whoever asks.
// ARCHITECTURE §1 Routes, §3.

import type { Help } from '../config/help.ts';
import type { Route, UpstreamTerms } from '../config/schema.ts';
import { type KeepPost, strictestKeepPost } from './form-navigation.ts';
import type { Credential, Rule } from './rules.ts';

/** How an allowed request is passed on. */
export interface Forwarding extends UpstreamTerms, Pick<Route, 'forward_access_token' | 'forward_id_token'> {
  readonly rule: number | undefined;
  /** The rule's path before `/*`; `''` at the root. */
  readonly prefix: string;
}

export interface Requirement {
  readonly kind: 'requirement';
  /** The rules met, each once; that of the path as sent first. */
  readonly rules: readonly [Rule, ...Rule[]];
  /** Rules in report mode that were passed over. */
  readonly reported: readonly Rule[];
  /** Every reading is public: shared caches may keep the answer, and `Authorization` is the application's business. */
  readonly isPublic: boolean;
  /** Some reading is denied, whoever asks. */
  readonly isDenied: boolean;
  /** What every rule takes as proof of who asks. `bearer` is false where `Authorization` is the application's own business. */
  readonly credentials: Readonly<Record<Credential, boolean>>;
  /** Seconds; the smallest. */
  readonly claims_max_age?: number;
  /** `'401'` also where signing in with a browser would be of no use. */
  readonly unauthenticated: Route['unauthenticated'];
  /** Which forms are kept over a sign-in; the strictest. */
  readonly keep_post: KeepPost;
  /** Origins that every rule lets read its answers. */
  readonly cors: readonly string[];
  readonly forwarding: Forwarding;
  /** Whom a visitor turns to, where a rule says so. */
  readonly help?: Help;
}

export function createRequirement(rules: readonly [Rule, ...Rule[]], reported: readonly Rule[]): Requirement {
  const guarded = rules.filter(({ route }) => route.access !== 'public');
  const isPublic = guarded.length === 0;
  const credentials = {
    session: guarded.every((rule) => rule.credentials.session),
    bearer: !isPublic && guarded.every((rule) => rule.credentials.bearer),
  };
  const ages = guarded.flatMap(({ route }) => route.claims_max_age ?? []);
  return {
    kind: 'requirement',
    rules,
    reported,
    isPublic,
    isDenied: rules.some(({ route }) => route.access === 'deny'),
    credentials,
    ...(ages.length > 0 && { claims_max_age: Math.min(...ages) }),
    unauthenticated: createUnauthenticated(rules, credentials.session),
    keep_post: strictestKeepPost(rules.map(({ route }) => route.keep_post)),
    cors: sharedOrigins(isPublic ? rules : guarded),
    forwarding: createForwarding(rules[0], strictestStoring(rules)),
    ...createHelp(rules),
  };
}

function createUnauthenticated(rules: readonly [Rule, ...Rule[]], takesSession: boolean): Route['unauthenticated'] {
  const asks401 = !takesSession || rules.some(({ route }) => route.unauthenticated === '401');
  return asks401 ? '401' : rules[0].route.unauthenticated;
}

function sharedOrigins(rules: readonly Rule[]): readonly string[] {
  const listed = rules.map(({ route }) => (route.access === 'deny' ? [] : (route.cors ?? [])));
  return listed.reduce((shared, origins) => shared.filter((origin) => origins.includes(origin)));
}

/** That of the first rule with something to say. */
function createHelp(rules: readonly Rule[]): Pick<Requirement, 'help'> {
  const route = rules
    .map((rule) => rule.route)
    .find((one) => one.support_url ?? one.access_request_url ?? one.messages);
  if (!route) return {};
  const { support_url: support, access_request_url: access, messages = {} } = route;
  const urls = { ...(support !== undefined && { support }), ...(access !== undefined && { access }) };
  return { help: { urls, sentences: messages } };
}

/** One rule that wants nothing kept suffices, and all have to agree to leave it to the application. */
function strictestStoring(rules: readonly Rule[]): boolean | undefined {
  if (rules.some(({ route }) => route.no_store)) return true;
  return rules.every(({ route }) => route.no_store === false) ? false : undefined;
}

export function createForwarding({ index, route, pattern }: Rule, no_store = route.no_store): Forwarding {
  const strip = route.strip_prefix === true ? pattern.base : route.strip_prefix;
  return {
    rule: index,
    prefix: pattern.base,
    ...(route.upstream && { upstream: route.upstream }),
    ...(strip && { strip_prefix: strip }),
    ...(route.upstream_host !== undefined && { upstream_host: route.upstream_host }),
    ...(route.upstream_secret !== undefined && { upstream_secret: route.upstream_secret }),
    ...(route.timeout !== undefined && { timeout: route.timeout }),
    ...(no_store !== undefined && { no_store }),
    forward_access_token: route.forward_access_token,
    forward_id_token: route.forward_id_token,
  };
}
