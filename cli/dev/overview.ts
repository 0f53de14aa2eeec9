// What is running, as data: for the page, the terminal and --json. Pure; nothing secret is in it, of the key file its path alone.

import type { ConfigIssue } from '../../src/config/load.ts';
import type { Config, Route } from '../../src/config/schema.ts';
import { endpointPath, type FolderEndpoint, folderOf } from '../../src/endpoints/catalogue.ts';
import type { Persona } from '../../stand-in/adopt.ts';
import { upstreamOf } from '../explain/explanation.ts';
import { describeNeeds } from '../explain/text.ts';
import type { KnownSite } from '../installation/sites.ts';
import { describePlan, type Plan } from './plan.ts';

export interface RunningApplication {
  readonly url: string;
  readonly isGuestBook: boolean;
  /** Why it is the guest book, where nobody has asked for that. */
  readonly reason?: string;
  /** Nothing listened there at the start. */
  readonly isSilent: boolean;
}

export interface RunningStandIn {
  readonly issuer: string;
  readonly keyFile: string;
  readonly projectId: string;
  readonly personas: readonly Persona[];
}

export interface Overview {
  readonly gateway: { readonly origin: string; readonly callback: string; readonly postLogout: string };
  readonly application: RunningApplication;
  readonly zitadel: { readonly issuer: string; readonly isStandIn: boolean };
  readonly page: string;
  /** What differs from the files. */
  readonly overrides: readonly (readonly [name: string, what: string])[];
  readonly issues: readonly ConfigIssue[];
  readonly notes: readonly string[];
  readonly personas: readonly (Persona & { readonly opens: readonly string[] })[];
  readonly keyFile: string | undefined;
  readonly commands: readonly Suggestion[];
  readonly rules: readonly { readonly path: string; readonly needs: string }[];
  readonly endpoints: readonly { readonly url: string; readonly what: string }[];
  /** All, the first included, where there are several. */
  readonly sites?: readonly RunningSite[];
}

export interface RunningSite {
  /** With `*` where it stands for any name. */
  readonly origin: string;
  readonly name: string | undefined;
  readonly upstream: string;
  readonly rules: Overview['rules'];
}

export interface Suggestion {
  readonly what: string;
  readonly command: string;
}

export interface Facts {
  readonly plan: Plan;
  /** With what the plan changes; missing where the variables are wrong. */
  readonly config: Config | undefined;
  readonly sites?: readonly KnownSite[];
  readonly issues: readonly ConfigIssue[];
  readonly application: RunningApplication;
  readonly standIn: RunningStandIn | undefined;
  /** ZITADEL_DOMAIN with what the plan changes. */
  readonly issuer: string;
  readonly page: string;
  readonly notes: readonly string[];
  readonly commands: readonly Suggestion[];
}

/** Worth a look from a browser or a script. */
export const NOTABLE_ENDPOINTS = {
  login: 'starts a sign-in',
  logout: 'signs out',
  profile: 'the visitor’s own sessions, as a page',
  userinfo: 'the session as JSON',
  ready: 'whether ZITADEL, the stores and the application answer',
  health: 'whether the gateway answers',
} as const satisfies Partial<Record<FolderEndpoint, string>>;

export function createOverview(facts: Facts): Overview {
  const { plan, config, sites = [], issues, application, standIn, issuer, page, notes, commands } = facts;
  const { origin, callback, postLogout } = plan;
  const at = { endpoints: folderOf(callback) };
  return {
    gateway: { origin, callback, postLogout },
    application,
    zitadel: { issuer, isStandIn: standIn !== undefined },
    page,
    overrides: describePlan(plan),
    issues,
    notes,
    personas: (standIn?.personas ?? []).map((persona) => ({ ...persona, opens: findOpened(config, persona.roles) })),
    keyFile: standIn?.keyFile,
    commands,
    rules: (config?.routes ?? []).map(describeRule),
    endpoints: Object.entries(NOTABLE_ENDPOINTS).map(([name, what]) => ({
      url: endpointPath(at, name as keyof typeof NOTABLE_ENDPOINTS),
      what,
    })),
    ...(sites.length > 1 && { sites: sites.map(describeSite) }),
  };
}

const describeSite = ({ host, config }: KnownSite): RunningSite => ({
  origin: `${new URL(config.origin).protocol}//${host}`,
  name: config.brand.name,
  upstream: upstreamOf(config),
  rules: config.routes.map(describeRule),
});

/** Of the rules that ask for a role, those that these roles satisfy. */
function findOpened(config: Config | undefined, roles: readonly string[]): readonly string[] {
  const names = roles.map((role) => config?.roleMap[role] ?? role);
  const rules = (config?.routes ?? []).filter((rule) => rule.roles?.some((role) => names.includes(role)));
  return [...new Set(rules.map(({ path }) => path))];
}

function describeRule(rule: Route): { readonly path: string; readonly needs: string } {
  const limits = [rule.methods?.join(', '), rule.hosts && `at ${rule.hosts.join(', ')}`].filter((each) => each);
  const report = rule.mode === 'report' ? ' (reported only)' : '';
  return { path: [rule.path, ...limits].join(' '), needs: describeAccess(rule) + report };
}

function describeAccess(rule: Route): string {
  if (rule.access === 'public') return 'everybody';
  if (rule.access === 'deny') return 'nobody';
  return ['whoever signs in', ...describeNeeds(rule)].join('; ');
}

/** Roles at ZITADEL that the rules ask for, whatever the application calls them. */
export function rolesOfRules(config: Config | undefined): readonly string[] {
  const wanted = [...new Set((config?.routes ?? []).flatMap(({ roles }) => roles ?? []))];
  const keysOf = (name: string) => {
    const keys = Object.keys(config?.roleMap ?? {}).filter((key) => config?.roleMap[key] === name);
    return keys.length > 0 ? keys : [name];
  };
  return wanted.flatMap(keysOf);
}
