// The values of a deployed gateway, and what `postern dev` makes of them.

import type { Values, Wishes } from '../../../cli/dev/plan.ts';
import { loadConfig } from '../../../src/config/load.ts';

export const SECRET = 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89';
export const STAND_IN = { origin: 'http://localhost:8080', clientId: '11', projectId: '22' };
export const OWN: Wishes = { port: 8787, standIn: undefined, upstream: undefined };
export const DEPLOYED: Values = {
  UPSTREAM_URL: 'https://app.internal.acme.net',
  ZITADEL_DOMAIN: 'https://acme.zitadel.cloud',
  ZITADEL_CLIENT_ID: '33',
  ZITADEL_PROJECT_ID: '44',
  ZITADEL_CALLBACK_URL: 'https://portal.acme.net/sso/callback',
  SESSION_SECRET: SECRET,
};

const bindings = { SESSIONS: { put: () => undefined }, USER_SESSIONS: { idFromName: () => undefined } };
export const configOf = (values: Values) => {
  const loaded = loadConfig({ ...bindings, ...values });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
};
