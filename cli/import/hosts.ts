// Which of several hosts a draft is made for: one. The others are told of; each gets its own from the same files (sites.ts).

import { CommandError } from '../support/failure.ts';
import { hostOf } from './addresses.ts';

export interface Chosen {
  /** Missing where the files name none without a `*`. */
  readonly host: string | undefined;
  readonly others: readonly string[];
  /** Whether what is written for a host is for this one. */
  readonly isOurs: (written: string | undefined) => boolean;
}

/** Addresses or host names, some with a `*`. */
export function chooseHost(written: readonly (string | undefined)[], wanted: string | undefined): Chosen {
  const hosts = [...new Set(written.map((each) => hostOf(each)).filter((each) => each !== undefined))];
  if (wanted !== undefined && !written.some((each) => isWithinHost(each, wanted)))
    throw new CommandError(`--host: the files have no ${wanted}`, {
      code: 2,
      hints: [hosts.length > 0 ? `there are ${hosts.join(', ')}` : 'they name no host'],
    });
  const host = wanted ?? hosts[0];
  if (host !== undefined)
    return { host, others: hosts.filter((each) => each !== host), isOurs: (each) => isWithinHost(each, host) };
  const [first] = written;
  return { host, others: [], isOurs: (each) => each === first || hostPart(each) === '' };
}

const hostPart = (written: string | undefined): string =>
  (written ?? '')
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/\/.*$/s, '')
    .toLowerCase();

/** Without any host, it is for all. */
export function isWithinHost(written: string | undefined, host: string): boolean {
  const plain = hostPart(written);
  if (plain === '' || plain === '*' || plain === host || hostOf(plain) === host) return true;
  const pattern = plain.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return plain.includes('*') && new RegExp(`^${pattern}$`).test(host.replace(/:\d+$/, ''));
}
