// By which name an application is called that a request goes to, and which Host it gets.
// ARCHITECTURE §4 `UPSTREAM_HOST`.

import type { Config, UpstreamTerms } from '../../src/config/schema.ts';
import { calledAs, calledSite, fetchedOrigin } from '../../src/proxy/site/called-as.ts';

export interface CalledAs {
  /** What Origin, Referer and Destination say. */
  readonly origin: string;
  readonly host: string;
}

export function calledAsIn(config: Config, terms: UpstreamTerms): { readonly calledAs?: CalledAs } {
  const called = calledAs(config, terms);
  const target = terms.upstream ?? config.upstream;
  if (called === 'upstream' || !target) return {};
  const origin = calledSite(called, target, config.origin);
  return { calledAs: { origin, host: new URL(fetchedOrigin(target, origin)).host } };
}
