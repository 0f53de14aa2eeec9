// By which name an upstream is called (UPSTREAM_HOST, `upstream_host`): the judgement of the setting, and what it can't do.
// ARCHITECTURE §4 `UPSTREAM_HOST`; RFC 9110 §7.2 (Host).

import { judgeHost } from './route-path.ts';
import type { UpstreamTarget } from './schema.ts';
import { suggestName } from './suggest.ts';
import { judged, Wanted } from './values.ts';

const WORDS = ['upstream', 'public'] as const;
const WANTED_NAME = '"upstream", "public", or a host name';

/** A word that is nearly one of the two is no name that anybody means. */
export const upstreamHost = judged(WANTED_NAME, (value): string | Wanted => {
  if ((WORDS as readonly string[]).includes(value)) return value;
  const near = suggestName(value, WORDS);
  if (near !== undefined) return new Wanted(`${WANTED_NAME}; did you mean "${near}"?`);
  const host = judgeHost(value);
  return host instanceof Wanted ? new Wanted(`${WANTED_NAME}${host.wanted.replace(/^[^:]*/, '')}`) : host;
});

/** Why the application gets another Host than it is called by; undefined where it gets that one. */
export function describeUnwrittenHost({ origin, binding }: UpstreamTarget, called: string): string | undefined {
  const { host } = new URL(origin);
  if (binding !== undefined || called === 'upstream' || called === host) return undefined;
  return `Host stays ${host}, which is what fetch writes for a URL: the application has to take X-Forwarded-Host, or what is before it has to write Host (docs/host-and-origin.md)`;
}
