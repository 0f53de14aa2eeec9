// A draft, judged by the gateway's own loader: what it says now it would say at every start. Secrets and bindings are stood in for.

import type { LoadedConfig } from '../../src/config/load.ts';
import { loadWithoutSecrets } from '../installation/installation.ts';
import type { Draft } from './draft.ts';
import { withoutEnd } from './paths/rules.ts';

const nothing = () => undefined;
const BINDINGS = { SESSIONS: { put: nothing }, USER_SESSIONS: { idFromName: nothing } };

export function loadDraft({ vars, rules }: Draft): LoadedConfig {
  const routes = withoutEnd(rules).map(({ path, methods, fields }) => ({
    path,
    ...(methods && { methods }),
    ...fields,
  }));
  return loadWithoutSecrets({ ...bindings(), ...vars, ...(routes.length > 0 && { ROUTES: routes }) });
}

/** The loader tells bindings from variables by what they are made of: instances of classes. */
const bindings = () =>
  Object.fromEntries(
    Object.entries(BINDINGS).map(([name, methods]) => [name, Object.assign(Object.create({}), methods)]),
  );
