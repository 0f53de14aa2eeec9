// Are variables, secrets and bindings sound? What the gateway itself would say when it starts, and what only the files show.
// ARCHITECTURE §1; OWASP ASVS 6.4 (secrets not in configuration files).

import { BINDINGS } from '../../src/config/bindings.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import { type Installation, namedSecretsOf } from '../installation/installation.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const SECRETS = (Object.keys(VARIABLES) as VariableName[]).filter((name) => VARIABLES[name].kind === 'secret');

/** The gateway's own, and those that rules and sites name for their upstreams. */
const secretsOf = (environment: Installation['environment']): readonly string[] => [
  ...SECRETS,
  ...namedSecretsOf(environment),
];

export function checkConfiguration({ issues, warnings, environment }: Installation): Finding[] {
  const secrets = secretsOf(environment);
  const own = issues.filter(
    ({ variable }) => !secrets.includes(nameOf(variable)) && !Object.hasOwn(BINDINGS, nameOf(variable)),
  );
  const findings = [
    ...own.map(({ variable, found, wanted, example }) =>
      failed('configuration', `${variable}: ${found}`, `${wanted}${example === '' ? '' : `; as in ${example}`}`),
    ),
    ...warnings.map((sentence) => warning('configuration', sentence, 'docs/configuration.md says what it means')),
  ];
  const count = Object.keys(VARIABLES).filter((name) => environment[name] !== undefined).length;
  return findings.length > 0 ? findings : [ok('configuration', `${count} variables, each sound`)];
}

export function checkSecrets({ wrangler, environment, issues }: Installation): Finding[] {
  const findings: Finding[] = [];
  const secrets = secretsOf(environment);
  for (const name of secrets.filter((each) => Object.hasOwn(wrangler.vars, each))) {
    const cure = `remove it there, make a new one (the old one may be in the history), then: npx wrangler secret put ${name}`;
    findings.push(failed('secrets', `${name} stands in wrangler.toml in plain text`, cure));
  }
  for (const { variable, found, wanted } of issues.filter((issue) => secrets.includes(nameOf(issue.variable)))) {
    const name = nameOf(variable);
    if (environment[name] !== undefined && environment[name] !== '')
      findings.push(failed('secrets', `${variable}: ${found}`, `${wanted}; as in ${exampleOf(name)}`));
  }
  if (environment['SESSION_SECRET'] === undefined) {
    const cure =
      'nothing to do if `npx wrangler secret list` shows it; else: openssl rand -hex 32 | npx wrangler secret put SESSION_SECRET';
    findings.push(warning('secrets', 'SESSION_SECRET is not in .dev.vars: its strength can’t be seen from here', cure));
  }
  findings.push(...findShared(environment));
  const given = secrets.filter((name) => environment[name] !== undefined);
  return findings.length > 0 ? findings : [ok('secrets', `${given.join(', ')}: strong enough, each its own`)];
}

/** One value for two purposes: whoever learns the one has the other. */
function findShared(environment: Installation['environment']): Finding[] {
  const uses = new Map<string, string[]>();
  const names = ['SESSION_SECRET', 'OPERATOR_SECRET', 'UPSTREAM_SECRET', ...namedSecretsOf(environment)];
  for (const name of names)
    for (const value of new Set(String(environment[name] ?? '').split(/\s*,\s*/)))
      if (value !== '') uses.set(value, [...(uses.get(value) ?? []), name]);
  return [...uses.values()]
    .filter((names) => names.length > 1)
    .map((names) =>
      failed('secrets', `${names.join(' and ')} are the same`, `a value of its own for each: openssl rand -hex 32`),
    );
}

export function checkBindings({ wrangler, issues }: Installation): Finding[] {
  const missing = issues.filter(({ variable }) => Object.hasOwn(BINDINGS, variable));
  const findings = missing.map(({ variable, wanted, example }) =>
    failed(
      'bindings',
      `${variable} is missing`,
      `${wanted}, in wrangler.toml (an environment inherits none): ${example}`,
    ),
  );
  const object = wrangler.durable_objects.bindings.find(({ name }) => name === 'USER_SESSIONS');
  const isMigrated = wrangler.migrations.some(({ new_sqlite_classes }) => new_sqlite_classes?.includes('UserSessions'));
  if (object && object.class_name !== 'UserSessions') {
    findings.push(
      failed('bindings', `USER_SESSIONS is of the class ${object.class_name}`, 'class_name = "UserSessions"'),
    );
  } else if (object && !isMigrated) {
    const cure = '[[migrations]] tag = "v1", new_sqlite_classes = ["UserSessions"]';
    findings.push(failed('bindings', 'no migration creates UserSessions with SQLite storage', cure));
  }
  if (findings.length > 0) return findings;
  const kv = wrangler.kv_namespaces.find(({ binding }) => binding === 'SESSIONS');
  const state = kv?.id === undefined ? 'KV SESSIONS (created by the first deployment)' : 'KV SESSIONS';
  return [ok('bindings', `${state}, objects USER_SESSIONS`)];
}

const nameOf = (variable: string): string => /^\w+/.exec(variable)?.[0] ?? variable;
const exampleOf = (name: string): string =>
  VARIABLES[Object.hasOwn(VARIABLES, name) ? (name as VariableName) : 'UPSTREAM_SECRET'].example;
