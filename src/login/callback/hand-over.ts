// ZITADEL takes no redirect URI with a wildcard. So a host that a wildcard stands for names the first site's, and is named in `state`: the first
// site hands ZITADEL's answer over to it. The code in it is of use only to the browser and the site whose cookie holds its verifier.
// ARCHITECTURE §7 Sites; RFC 7636 §1 (a code that is intercepted), RFC 9700 §4.11 (open redirection), §4.4 (mix-up).

import { type Endpoint, redirectAnswer } from '../../answer/answers.ts';
import type { Gateway } from '../../gateway.ts';

/** No part of a random state, nor of a host. */
const MARK = '~';

/** `state`, with the site that the answer is for, where that is not the one that ZITADEL knows. */
export function markedState({ config }: Gateway, state: string): string {
  const { site, origin, redirect_uri } = config;
  return site === undefined || redirect_uri.startsWith(`${origin}/`) ? state : state + MARK + site;
}

/** The host that an answer is for: one that a wildcard of ours stands for, or none. */
export function findHandedOver(state: string, wildcards: readonly string[]): string | undefined {
  const host = /^[\w-]+~([a-z\d-]+\.[a-z\d.-]+(?::\d+)?)$/.exec(state)?.[1];
  return host !== undefined && wildcards.includes(`*${host.slice(host.indexOf('.'))}`) ? host : undefined;
}

/** Only to the same path of that host, which is the gateway's there too, and with nothing but what came. */
export const orHandedOver =
  (endpoint: Endpoint): Endpoint =>
  (gateway) => {
    const answer = endpoint(gateway);
    const { wildcards, origin } = gateway.config;
    if (wildcards.length === 0) return answer;
    return (c) => {
      const { pathname, search, searchParams } = c.get('url');
      const host = findHandedOver(searchParams.get('state') ?? '', wildcards);
      if (host === undefined || host === c.get('url').host || searchParams.getAll('state').length > 1) return answer(c);
      c.get('event').decision = 'handed_over';
      return redirectAnswer(gateway, `${origin.slice(0, origin.indexOf('//') + 2)}${host}${pathname}${search}`, 303);
    };
  };
