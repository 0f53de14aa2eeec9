// An environment as the worker gets it: sound, made of class instances and JSON data, to be spoilt one variable at a time.

import { type ConfigIssue, type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import type { Config, Route } from '../../src/config/schema.ts';

class KvNamespace {
  get(): void {}
  put(): void {}
}

class DurableObjectNamespace {
  idFromName(): void {}
}

export class Fetcher {
  fetch(): void {}
}

export const STRONG_SECRET = 'b7c2f1904e8ad6533c0f97be21d48a6f5e09c3ba7712d84ff6a06e3591cb28d4';

export const ENVIRONMENT: Readonly<Record<string, unknown>> = {
  SESSIONS: new KvNamespace(),
  USER_SESSIONS: new DurableObjectNamespace(),
  UPSTREAM_URL: 'https://app.internal.example.net',
  ZITADEL_DOMAIN: 'https://acme.zitadel.cloud',
  ZITADEL_CLIENT_ID: '249703852243222581',
  ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
  SESSION_SECRET: STRONG_SECRET,
};

export const load = (changes: Readonly<Record<string, unknown>> = {}): LoadedConfig =>
  loadConfig({ ...ENVIRONMENT, ...changes });

export function configOf(changes: Readonly<Record<string, unknown>> = {}): Config {
  const loaded = load(changes);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
}

export function warningsOf(changes: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const loaded = load(changes);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.warnings;
}

export function issuesOf(changes: Readonly<Record<string, unknown>>): readonly ConfigIssue[] {
  const loaded = load(changes);
  return loaded.ok ? [] : loaded.issues;
}

/** The one problem that these changes make; a second one would be noise for the operator. */
export function issueOf(changes: Readonly<Record<string, unknown>>): ConfigIssue {
  const issues = issuesOf(changes);
  const [issue] = issues;
  if (issue === undefined || issues.length > 1) throw new Error(`one problem expected: ${JSON.stringify(issues)}`);
  return issue;
}

export const routeIssue = (route: unknown, changes: Readonly<Record<string, unknown>> = {}): ConfigIssue =>
  issueOf({ ...changes, ROUTES: [route] });

export const APPLICATION_KEY_FILE = {
  type: 'application',
  keyId: '81693565968962154',
  key: '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7/w==\n-----END RSA PRIVATE KEY-----\n',
  appId: '78366403256846242',
  clientId: '249703852243222581',
} as const;

/** The rule as the gateway gets it. */
export const routeOf = (route: unknown, changes: Readonly<Record<string, unknown>> = {}): Route | undefined =>
  configOf({ ...changes, ROUTES: [route] }).routes[0];
