// GET /auth/health: the process answers. GET /auth/ready: everything it depends on answers, one entry each.
// ARCHITECTURE §2. Each isolate runs the checks once a second at most, so that nobody can keep ZITADEL busy by asking often.

import { type Endpoint, jsonAnswer } from '../../answer/answers.ts';
import type { UpstreamTarget } from '../../config/schema.ts';
import type { Gateway } from '../../gateway.ts';

export const health: Endpoint = (gateway) => () => jsonAnswer(gateway, { status: 'ok' });

export const ready: Endpoint = (gateway) => async () => {
  const checks = await runChecks(gateway);
  const isReady = Object.values(checks).every(({ ok }) => ok);
  const { sitesVersion: sites } = gateway.config;
  const answer = { status: isReady ? 'ready' : 'not_ready', checks, ...(sites !== undefined && { sites }) };
  return jsonAnswer(gateway, answer, isReady ? 200 : 503);
};

async function runChecks(gateway: Gateway) {
  const { providerProbe, bindings, directory, config, checks } = gateway;
  const { upstream } = config;
  const [ofAll, own] = await Promise.all([
    checks('all sites', () => ({
      // It asks ZITADEL in any case: remembered metadata and keys would not say whether a sign-in works now.
      ...providerProbe(),
      kv: () => bindings.SESSIONS.get('ready'),
      sessions: () => directory.ofProviderSession('ready').pointedTo(),
    })),
    upstream && checks(addressOf(upstream), () => ({ upstream: () => askUpstream(gateway, upstream) })),
  ]);
  return { ...ofAll, ...own };
}

const addressOf = ({ origin, basePath, binding = '' }: UpstreamTarget): string => `${binding} ${origin}${basePath}/`;

/** Any answer will do: a login page of the application's own may well say 404 to HEAD. */
function askUpstream({ bindings, fetch }: Gateway, { origin, basePath, binding }: UpstreamTarget): Promise<unknown> {
  const probe = new Request(`${origin}${basePath}/`, { method: 'HEAD', redirect: 'manual' });
  return binding === undefined ? fetch(probe) : (bindings[binding] as Fetcher).fetch(probe as never);
}
