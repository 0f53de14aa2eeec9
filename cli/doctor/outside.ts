// The gateway as others reach it, at each of its sites: is it deployed, does it run, can ZITADEL tell it?
// Back-Channel Logout 1.0 §2.5.

import type { Config } from '../../src/config/schema.ts';
import { isWildcard } from '../../src/config/site-hosts.ts';
import { endpointUrl } from '../../src/endpoints/catalogue.ts';
import { type Reach, reachOf } from './addresses.ts';
import { type Answer, ask, type Fetch } from './ask.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

export type Lookup = (hostname: string) => Promise<readonly string[]>;

export async function checkGateway(config: Config, fetch: Fetch, lookup: Lookup): Promise<Finding[]> {
  const { origin } = config;
  const { hostname } = new URL(origin);
  const answer = await ask(fetch, endpointUrl(config, 'ready'), { headers: { accept: 'application/json' } });
  if ('silence' in answer) {
    const cure = 'npx postern deploy; a new custom domain takes some minutes (locally: npx wrangler dev)';
    return [failed('gateway', `${origin}: ${answer.silence}`, cure)];
  }
  const { checks, sites } = answer.json ?? {};
  if (typeof checks !== 'object' || checks === null) return [notTheGateway(origin, answer)];
  const found = Object.entries(checks as Record<string, { ok: boolean }>);
  const broken = found.filter(([, { ok }]) => !ok);
  const findings = broken.map(([name]) =>
    failed('gateway', `it runs, but ${READY[name]?.[0] ?? name} does not answer it`, READY[name]?.[1] ?? 'see its log'),
  );
  if (findings.length === 0)
    findings.push(ok('gateway', `${origin} runs, and ${found.map(([name]) => name).join(', ')} answer it`));
  if (typeof sites === 'string') findings.push(ok('sites', `version ${sites} of the list in KV is served`));
  return [...findings, await checkBackChannel(config, fetch, await reachBy(lookup, hostname))];
}

const reachBy = async (lookup: Lookup, hostname: string): Promise<Reach> =>
  reachOf(hostname, await lookup(hostname).catch(() => []));

/**
 * A further site is the same worker: what counts is the way to it, its certificate and whether it knows the host. `lookup`: where it has an
 * application of its own at ZITADEL, which has to reach it.
 */
export async function checkSiteHost(config: Config, fetch: Fetch, lookup: Lookup | undefined): Promise<Finding[]> {
  const { origin } = config;
  const { host, hostname } = new URL(origin);
  const answer = await ask(fetch, endpointUrl(config, 'health'), { headers: { accept: 'application/json' } });
  if ('silence' in answer) {
    const { siteName = host } = config;
    const way = isWildcard(siteName)
      ? `a route for ${siteName} in wrangler.toml, with a proxied DNS record and a certificate of that name`
      : `a route or custom domain for ${host} in wrangler.toml`;
    const cure = `${way}, then npx postern deploy; DNS and certificate of a new one take some minutes`;
    return [failed('gateway', `${origin}: ${answer.silence}`, cure)];
  }
  if (answer.status === 421) {
    const cure = 'npx postern deploy: the worker there was deployed before the site was in its configuration';
    return [failed('gateway', `${origin} leads to a gateway that does not know the site (421)`, cure)];
  }
  const isWell = answer.status === 200 && answer.json?.['status'] === 'ok';
  if (!isWell) return [notTheGateway(origin, answer)];
  const found = [ok('gateway', `${origin} leads to the gateway`)];
  return lookup ? [...found, await checkBackChannel(config, fetch, await reachBy(lookup, hostname))] : found;
}

const READY: Readonly<Record<string, readonly [what: string, cure: string]>> = {
  discovery: ['ZITADEL', 'if it answers here: does ZITADEL keep Cloudflare’s addresses out?'],
  keys: ['ZITADEL’s keys', 'the jwks_uri in ZITADEL’s metadata must be reachable from outside'],
  kv: ['KV', 'Cloudflare’s status page; does the namespace of SESSIONS still exist?'],
  sessions: ['the object of a session', 'Cloudflare’s status page; was the migration deployed?'],
  upstream: ['the application', 'is it up, and may the gateway go there (Tunnel, firewall, UPSTREAM_URL)?'],
};

function notTheGateway(origin: string, { status, text }: Answer): Finding {
  if (status === 503 && /misconfigured|not set up/i.test(text)) {
    const cure = 'npx wrangler tail says which variable or secret is wrong; often SESSION_SECRET is not set yet';
    return failed('gateway', `${origin} is deployed, and its configuration there is bad`, cure);
  }
  const cure =
    'does the route lead to the worker, and does nothing before it (Access, a WAF rule, a page rule) answer instead?';
  return failed('gateway', `${origin}: somebody else answers (status ${status})`, cure);
}

async function checkBackChannel(config: Config, fetch: Fetch, reach: Reach): Promise<Finding> {
  const check = 'back channel';
  const uri = endpointUrl(config, 'backchannelLogout');
  if (reach !== 'public') {
    const found = `${uri} is ${reach}: ZITADEL goes to public addresses only, and a sign-out elsewhere is noticed after CLAIMS_MAX_AGE`;
    const cure = 'a public address; or a ZITADEL of your own whose HTTPClient.DenyList lets it there';
    return reach === 'loopback' ? warning(check, found, cure) : failed(check, found, cure);
  }
  const answer = await ask(fetch, uri, { method: 'POST', body: new URLSearchParams() });
  if (!('silence' in answer) && answer.status === 400 && answer.json?.['error'] === 'invalid_request')
    return ok(check, `${uri} answers (from this machine; ZITADEL’s way may differ)`);
  const found = 'silence' in answer ? answer.silence : `status ${answer.status}`;
  return failed(check, `${uri}: ${found}`, 'let POST without cookies pass whatever stands before the gateway');
}
