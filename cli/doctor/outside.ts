// The gateway and its application as others reach them: is it deployed, does it run, can ZITADEL tell it, is there a way past it?
// Back-Channel Logout 1.0 §2.5; promise 10.

import type { Config } from '../../src/config/schema.ts';
import { endpointUrl, isInFolder } from '../../src/endpoints/catalogue.ts';
import { findFolderUse, namePaths } from '../installation/own-folder.ts';
import { type Reach, reachOf } from './addresses.ts';
import { type Answer, ask, type Fetch } from './ask.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

export type Lookup = (hostname: string) => Promise<readonly string[]>;

export async function checkGateway(config: Config, fetch: Fetch, lookup: Lookup): Promise<Finding[]> {
  const { origin } = config;
  const { hostname } = new URL(origin);
  const answer = await ask(fetch, endpointUrl(config, 'ready'), { headers: { accept: 'application/json' } });
  if ('silence' in answer) {
    const cure = 'npx postern deploy; a new custom domain takes some minutes (locally: npx wrangler dev)';
    return [failed('gateway', `${origin}: ${answer.silence}`, cure)];
  }
  const { checks } = answer.json ?? {};
  if (typeof checks !== 'object' || checks === null) return [notTheGateway(origin, answer)];
  const found = Object.entries(checks as Record<string, { ok: boolean }>);
  const broken = found.filter(([, { ok }]) => !ok);
  const findings = broken.map(([name]) =>
    failed('gateway', `it runs, but ${READY[name]?.[0] ?? name} does not answer it`, READY[name]?.[1] ?? 'see its log'),
  );
  if (findings.length === 0)
    findings.push(ok('gateway', `${origin} runs, and ${found.map(([name]) => name).join(', ')} answer it`));
  const addresses = await lookup(hostname).catch(() => []);
  return [...findings, await checkBackChannel(config, fetch, reachOf(hostname, addresses))];
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

/** `publicUrl`: where the application would be found by whoever goes past the gateway. */
export async function checkUpstream(
  config: Config,
  fetch: Fetch,
  publicUrls: readonly string[],
  isSeenByGateway: boolean,
): Promise<Finding[]> {
  if (!config.upstream) return [];
  const { origin, basePath, binding } = config.upstream;
  if (binding !== undefined) return [ok('upstream', `service binding ${binding}: no way past the gateway`)];
  const url = `${origin}${basePath}/`;
  const reach = reachOf(new URL(origin).hostname);
  const findings = [await checkDirect(fetch, url, reach, isSeenByGateway), ...(await checkFolder(config, fetch))];
  for (const publicUrl of publicUrls) findings.push(await checkPast(config, fetch, publicUrl));
  if (publicUrls.length === 0 && reach !== 'public')
    findings.push(skipped('way past', 'with --upstream-public URL (its address outside, if it has one) it is tried'));
  return findings;
}

async function checkDirect(fetch: Fetch, url: string, reach: Reach, isSeenByGateway: boolean): Promise<Finding> {
  const answer = await ask(fetch, url);
  if ('silence' in answer) {
    if (isSeenByGateway) return ok('upstream', `${url} answers the gateway and not this machine`);
    const cure = 'start it, or correct UPSTREAM_URL; behind a Tunnel or a firewall only the deployed gateway can tell';
    return failed('upstream', `${url}: ${answer.silence}`, cure);
  }
  if (reach === 'public' && answer.status < 400) return pastFinding(url, answer.status);
  if (answer.status >= 500)
    return warning('upstream', `${url} answers ${answer.status}`, 'look at the application’s log');
  return ok(
    'upstream',
    reach === 'public' ? `${url} refuses who comes without the gateway (${answer.status})` : `${url} answers`,
  );
}

/** Nobody gets to what the application has where the gateway's own endpoints are. */
async function checkFolder({ upstream, origin, endpoints, routes }: Config, fetch: Fetch): Promise<Finding[]> {
  const check = 'folder';
  if (endpoints === '' || !upstream) return [];
  const use = await findFolderUse(fetch, upstream.origin + upstream.basePath, endpoints);
  const move = (folder: string) => `another folder: npx postern setup --url ${origin}${folder}/callback`;
  const useless = routes.flatMap(({ path }) =>
    path && isInFolder(path.replace(/\/\*$/, ''), endpoints) ? [path] : [],
  );
  const findings = useless.map((path) =>
    warning(check, `a rule for ${path}, where the gateway itself answers`, `take it out; or ${move('/_auth')}`),
  );
  switch (use.kind) {
    case 'silent':
      return findings;
    case 'unclear':
      return [
        ...findings,
        skipped(
          check,
          `whether the application has pages below ${endpoints}: it answers ${use.status} to every address`,
        ),
      ];
    case 'free':
      return [...findings, ok(check, `the application has no addresses below ${endpoints} that are known`)];
    case 'taken': {
      const found = `the application has addresses below ${endpoints} itself (${namePaths(use.paths)}), where the gateway answers`;
      return [...findings, warning(check, found, move(use.folder))];
    }
  }
}

async function checkPast(config: Config, fetch: Fetch, publicUrl: string): Promise<Finding> {
  if (new URL(publicUrl).origin === config.origin)
    return failed('way past', `${publicUrl} is the gateway itself`, 'the address of the application’s own server');
  const answer = await ask(fetch, publicUrl);
  if ('silence' in answer) return ok('way past', `${publicUrl}: ${answer.silence}`);
  if (answer.status >= 400 && answer.status < 500) return ok('way past', `${publicUrl} refuses (${answer.status})`);
  const location = answer.headers.get('location') ?? '';
  if (URL.parse(location, publicUrl)?.origin === config.origin)
    return ok('way past', `${publicUrl} sends to the gateway`);
  return pastFinding(publicUrl, answer.status);
}

function pastFinding(url: string, status: number): Finding {
  const cure =
    'close it: a Tunnel without a public name, a firewall, mTLS, or an application that refuses requests without X-Gateway-Secret (UPSTREAM_SECRET; docs/deploy.md)';
  return failed('way past', `${url} answers anybody (${status}), with whatever X-Forwarded-User they send`, cure);
}
