// A draft, judged by the gateway's own loader: what it says now it would say at every start. Secrets and bindings are stood in for.

import type { LoadedConfig } from '../../src/config/load.ts';
import { loadWithoutSecrets } from '../installation/installation.ts';
import type { Draft, Site } from './draft.ts';
import { type Rule, withoutEnd } from './paths/rules.ts';

const nothing = () => undefined;
const BINDINGS = { SESSIONS: { put: nothing }, USER_SESSIONS: { idFromName: nothing } };

export function loadDraft({ vars, rules, sites = [] }: Draft): LoadedConfig {
  const routes = routesOf(rules);
  return loadWithoutSecrets({
    ...bindings(),
    ...vars,
    ...(routes.length > 0 && { ROUTES: routes }),
    ...(sites.length > 0 && { SITES: sites.map(entryOf) }),
  });
}

/** As the configuration has it. */
export function entryOf({ host, fields, rules }: Site): object {
  const routes = routesOf(rules);
  return { host, ...fields, ...(routes.length > 0 && { routes }) };
}

export const routesOf = (rules: readonly Rule[]): readonly object[] =>
  withoutEnd(rules).map(({ path, methods, fields }) => ({ path, ...(methods && { methods }), ...fields }));

/** The loader tells bindings from variables by what they are made of: instances of classes. */
const bindings = () =>
  Object.fromEntries(
    Object.entries(BINDINGS).map(([name, methods]) => [name, Object.assign(Object.create({}), methods)]),
  );
