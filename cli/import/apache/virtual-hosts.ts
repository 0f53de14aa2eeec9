// Which directives are one site's: those of the server, and of the virtual hosts that answer for its name.
// httpd: Name-based Virtual Host Support, ServerName, ServerAlias.

import type { Wishes } from '../draft.ts';
import type { Directive } from '../formats/apache.ts';
import { chooseHost, isWithinHost, nameOf } from '../hosts.ts';

export interface VirtualSite {
  readonly host: string | undefined;
  readonly named: string | undefined;
  readonly others: readonly string[];
  /** Of the server, then of the site itself. */
  readonly directives: readonly Directive[];
}

export function selectSite(all: readonly Directive[], { host: wanted }: Wishes): VirtualSite {
  const sites = all.filter(({ name }) => name === 'virtualhost');
  const server = all.filter(({ name }) => name !== 'virtualhost');
  // One that only leads to https says nothing.
  const full = sites.filter(({ body = [] }) =>
    body.some(({ name }) => /^(?:oidc|proxypass|location|directory|require)/.test(name)),
  );
  const candidates = full.length > 0 ? full : sites;
  const names = candidates.flatMap(namesOf);
  const { host, named, others } = chooseHost(names.length > 0 ? names : namesIn(server), wanted);
  const only = host === undefined ? candidates.slice(0, 1) : hostsOf(candidates, host);
  return { host, named, others, directives: [...server, ...only.flatMap(({ body = [] }) => body)] };
}

/** Of those of each address the first that has the name answers. What 80 and 443 say counts together, unless one has the name by a `*` alone. */
function hostsOf(candidates: readonly Directive[], host: string): readonly Directive[] {
  const matching = candidates.filter((each) => namesOf(each).some((name) => isWithinHost(name, host)));
  const first = [...Map.groupBy(matching, ({ args }) => args.join(' ')).values()].flatMap((group) => group.slice(0, 1));
  const exact = first.filter((each) => namesOf(each).some((name) => nameOf(name) === host));
  return exact.length > 0 ? exact : first;
}

const namesOf = ({ body = [] }: Directive): readonly string[] => namesIn(body);

/** The names by themselves, then those beside them. No site can have one with a `?`, which is taken for more than it means. */
const namesIn = (body: readonly Directive[]): readonly string[] =>
  ['servername', 'serveralias'].flatMap((wanted) =>
    body
      .filter(({ name }) => name === wanted)
      .flatMap(({ args }) => (wanted === 'servername' ? args.slice(0, 1) : args))
      .map((name) => name.replaceAll('?', '*')),
  );
