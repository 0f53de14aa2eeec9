// The applications behind the gateway: does each answer, and is there a way past the gateway?
// Promise 10.

import type { Config } from '../../src/config/schema.ts';
import { endpointUrl, isInFolder } from '../../src/endpoints/catalogue.ts';
import { findFolderUse, namePaths } from '../installation/own-folder.ts';
import { listSites, type Sites } from '../installation/sites.ts';
import { type Reach, reachOf } from './addresses.ts';
import { ask, type Fetch } from './ask.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

/**
 * `isSeenByGateway`: whether the gateway itself reaches it; undefined: it is asked. `publicUrls`: where an application would be found by
 * whoever goes past the gateway.
 */
export async function checkUpstream(
  config: Config,
  fetch: Fetch,
  publicUrls: readonly string[],
  isSeenByGateway: boolean | undefined,
): Promise<Finding[]> {
  if (!config.upstream) return [];
  const { origin, basePath, binding } = config.upstream;
  if (binding !== undefined) return [ok('upstream', `service binding ${binding}: no way past the gateway`)];
  const url = `${origin}${basePath}/`;
  const reach = reachOf(new URL(origin).hostname);
  const direct = await checkDirect(config, fetch, { url, reach, isSeenByGateway });
  const findings = [direct, ...(await checkFolder(config, fetch))];
  if (publicUrls.length === 0 && reach !== 'public')
    findings.push(skipped('way past', 'with --upstream-public URL (its address outside, if it has one) it is tried'));
  return findings;
}

interface Direct {
  readonly url: string;
  readonly reach: Reach;
  readonly isSeenByGateway: boolean | undefined;
}

async function checkDirect(config: Config, fetch: Fetch, { url, reach, isSeenByGateway }: Direct): Promise<Finding> {
  const answer = await ask(fetch, url);
  if ('silence' in answer) {
    if (isSeenByGateway ?? (await asksReady(config, fetch)))
      return ok('upstream', `${url} answers the gateway and not this machine`);
    const cure = `start it, or correct ${config.site === undefined ? 'UPSTREAM_URL' : 'the site’s upstream'}; behind a Tunnel or a firewall only the deployed gateway can tell`;
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
async function checkFolder(config: Config, fetch: Fetch): Promise<Finding[]> {
  const check = 'folder';
  const { upstream, origin, firstSite, endpoints, routes } = config;
  // All sites have one folder, which the first one's callback names.
  const first = firstSite === undefined ? origin : `${new URL(origin).protocol}//${firstSite}`;
  if (endpoints === '' || !upstream) return [];
  const use = await findFolderUse(fetch, upstream.origin + upstream.basePath, endpoints);
  const move = (folder: string) => `another folder: npx postern setup --url ${first}${folder}/callback`;
  const findings = rulesInFolder({ endpoints, routes }).map((path) =>
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

export const rulesInFolder = ({ endpoints, routes }: Pick<Config, 'endpoints' | 'routes'>): readonly string[] =>
  routes.flatMap(({ path }) => (path && isInFolder(path.replace(/\/\*$/, ''), endpoints) ? [path] : []));

/** Whether the gateway says of a site's application that it answers. */
async function asksReady(config: Config, fetch: Fetch): Promise<boolean> {
  const answer = await ask(fetch, endpointUrl(config, 'ready'), { headers: { accept: 'application/json' } });
  const { upstream } = (('json' in answer && answer.json?.['checks']) || {}) as { upstream?: { ok?: unknown } };
  return upstream?.ok === true;
}

/** Addresses at which an application might be found past the gateway. */
export async function checkPast(served: Sites, fetch: Fetch, publicUrls: readonly string[]): Promise<Finding[]> {
  const origins = listSites(served).map(({ config }) => config.origin);
  return Promise.all(publicUrls.map((publicUrl) => checkOnePast(origins, fetch, publicUrl)));
}

async function checkOnePast(origins: readonly string[], fetch: Fetch, publicUrl: string): Promise<Finding> {
  if (origins.includes(new URL(publicUrl).origin))
    return failed('way past', `${publicUrl} is the gateway itself`, 'the address of the application’s own server');
  const answer = await ask(fetch, publicUrl);
  if ('silence' in answer) return ok('way past', `${publicUrl}: ${answer.silence}`);
  if (answer.status >= 400 && answer.status < 500) return ok('way past', `${publicUrl} refuses (${answer.status})`);
  const location = answer.headers.get('location') ?? '';
  if (origins.includes(URL.parse(location, publicUrl)?.origin ?? ''))
    return ok('way past', `${publicUrl} sends to the gateway`);
  return pastFinding(publicUrl, answer.status);
}

function pastFinding(url: string, status: number): Finding {
  const cure =
    'close it: a Tunnel without a public name, a firewall, mTLS, or an application that refuses requests without X-Gateway-Secret (UPSTREAM_SECRET; docs/deploy.md)';
  return failed('way past', `${url} answers anybody (${status}), with whatever X-Forwarded-User they send`, cure);
}
