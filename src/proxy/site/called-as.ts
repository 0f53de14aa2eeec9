// By which name an upstream is called: its own, the public one, or one that the operator says. Whatever goes up agrees with it.
// ARCHITECTURE §4 `UPSTREAM_HOST`. `fetch` writes Host from the URL it is given, so that only a binding can be called by another name.

import type { Config, UpstreamTarget, UpstreamTerms } from '../../config/schema.ts';
import { isSameTarget } from '../../shared/upstream-target.ts';

/** How an upstream may be called, unless it is a host name. */
const WORDS: readonly (string | undefined)[] = ['upstream', 'public'];

/** A rule's own word goes first. A host name in UPSTREAM_HOST is that of UPSTREAM_URL; no other upstream is called by it. */
export function calledAs(
  config: Pick<Config, 'upstream' | 'upstreamHost'>,
  { upstream, upstream_host }: UpstreamTerms,
): string {
  if (upstream_host !== undefined) return upstream_host;
  const { upstreamHost = 'upstream' } = config;
  return !upstream || WORDS.includes(upstreamHost) || isSameTarget(upstream, config.upstream)
    ? upstreamHost
    : 'upstream';
}

/** The origin that the upstream is told is its own. `origin`: the visitor's. */
export function calledSite(called: string, target: UpstreamTarget, origin: string): string {
  if (called === 'upstream') return target.origin;
  // Without the scheme's own port, as Host comes and as browsers write Origin.
  return called === 'public' ? origin : new URL(target.origin.replace(/\/\/.*/, `//${called}`)).origin;
}

/**
 * The origin to fetch from. A binding goes to its service whatever the URL says, and Host is the URL's. Its scheme stays: a VPC service
 * would be spoken TLS to.
 */
export function fetchedOrigin({ origin, binding }: UpstreamTarget, site: string): string {
  return binding === undefined ? origin : site.replace(/^\w+/, 'http');
}
