// Which of several hosts a draft is made for: one. Each of the others gets its own from the same files (sites.ts).

import { safeParse } from 'valibot';
import { SITE_FIELDS } from '../../src/config/site-fields.ts';
import { CommandError } from '../support/failure.ts';
import { hostOf } from './addresses.ts';

export interface Chosen {
  /** Missing where the files name none that a site could have. */
  readonly host: string | undefined;
  /** `host`, where the files have it by itself. */
  readonly named: string | undefined;
  /** As a site would have them; of what no site can have, as it is written. */
  readonly others: readonly string[];
  /** Whether what is written for a host is for this one. */
  readonly isOurs: (written: string | undefined) => boolean;
}

/** Addresses or host names, some with a `*`. `wanted` may be one with a `*`, too. */
export function chooseHost(written: readonly (string | undefined)[], wanted: string | undefined): Chosen {
  const hosts = [...new Set(written.map(nameOf).filter((each) => each !== undefined))];
  if (wanted !== undefined && !written.some((each) => isWithinHost(each, wanted)))
    throw new CommandError(`--host: the files have no ${wanted}`, {
      code: 2,
      hints: [hosts.length > 0 ? `there are ${hosts.join(', ')}` : 'they name no host'],
    });
  const host = wanted ?? hosts.find((each) => !each.includes('*')) ?? belowWildcard(hosts);
  if (host !== undefined)
    return {
      host,
      named: hosts.find((each) => each === host),
      others: hosts.filter((each) => each !== host),
      isOurs: (each) => isWithinHost(each, host),
    };
  const [first] = written;
  return { host, named: undefined, others: hosts, isOurs: (each) => each === first || hostPart(each) === '' };
}

export const isSiteHost = (host: string): boolean => safeParse(SITE_FIELDS.host.schema, host).success;

/** A wildcard can't be the first site, whose host is that of the callback. */
const belowWildcard = (hosts: readonly string[]): string | undefined =>
  hosts.find(isSiteHost)?.replace(/^\*/, 'sign-in');

/** `undefined`: it is for all. */
export function nameOf(written: string | undefined): string | undefined {
  const part = hostPart(written);
  return part === '' || part === '*' ? undefined : (hostOf(part) ?? part);
}

const hostPart = (written: string | undefined): string =>
  (written ?? '')
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/\/.*$/s, '')
    .replace(/:(?:80|443)$/, '')
    .toLowerCase();

/** Without any host, it is for all. */
export function isWithinHost(written: string | undefined, host: string): boolean {
  const plain = hostPart(written);
  if (plain === '' || plain === '*' || plain === host || hostOf(plain) === host) return true;
  const pattern = plain.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return plain.includes('*') && new RegExp(`^${pattern}$`).test(host.replace(/:\d+$/, ''));
}

/** Whether some name may be both. `wildcard` begins with `*.`; what stands before the last `*` of the pattern is taken for anything. */
export function mayMeetWildcard(pattern: string, wildcard: string): boolean {
  const [end = '', own] = [pattern.split('*').at(-1), wildcard.slice(1)];
  return end.endsWith(own) || own.endsWith(end);
}
