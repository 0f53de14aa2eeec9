// Sites that stand in KV: read once a minute behind the requests, judged whole by the loader of the variables, and only then taken.
// ARCHITECTURE §7 Sites; promise 10: a list that is bad, or can't be read, opens nothing.

import { LATE, within } from '../shared/isolate/deadline.ts';
import { toHex } from '../shared/random.ts';
import type { ConfigIssue } from './issues.ts';
import { type LoadedConfig, startWarnings } from './load.ts';
import type { Config, ServedSite } from './schema.ts';

/** Of the namespace CONFIGURATION: the list, as SITES is written in JSON. */
export const SITES_ENTRY = 'sites';

/** The sites as they are served now. */
export interface SitesInForce {
  /** Of the first site. */
  readonly config: Config;
  readonly sites: readonly ServedSite[];
}

export interface SitesSource {
  /** Another record whenever something has changed. A newer list is looked for behind the request. */
  inForce(): SitesInForce;
  /** Undefined once it has been tried: from then on nobody waits. */
  firstRead(): Promise<void> | undefined;
}

type Sound = Extract<LoadedConfig, { ok: true }>;
type Event = { readonly event: string; readonly level: 'info' | 'warn' | 'error' } & Readonly<Record<string, unknown>>;

interface Dependencies {
  /** What the variables say: it is served while there is no list. */
  readonly ofVariables: Sound;
  /** Judges the variables with this text in the place of SITES. */
  readonly load: (sites: string) => LoadedConfig;
  readonly kv: Pick<KVNamespace, 'get'>;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly emit: (event: Event) => void;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

/** Seconds between two readings; and between two attempts while KV has not answered once. */
const INTERVAL = 60;
const RETRY = 5;
/** Milliseconds. */
const DEADLINE = 2_000;

/** Sites of the variables alone. */
export const fixedSites = (sites: SitesInForce): SitesSource => ({
  inForce: () => sites,
  firstRead: () => undefined,
});

export function createStoredSites({ ofVariables, load, kv, now, emit, waitUntil }: Dependencies): SitesSource {
  let current = withoutList(ofVariables, 'store_unavailable');
  let isTried = false;
  let nextAt = Number.NEGATIVE_INFINITY;
  /** Undefined: KV has not answered yet. */
  let judged: string | null | undefined;

  async function read(): Promise<void> {
    try {
      const text = await within(kv.get(SITES_ENTRY), DEADLINE);
      if (text === LATE) throw new Error('no answer in time');
      const version = text === null ? '' : await versionOf(text);
      // Of those who read at once, the first judges.
      if (text !== judged) judge(text, version);
    } catch (error) {
      emit({ event: 'sites_unread', level: 'warn', reason: (error as Error).message });
    } finally {
      isTried = true;
      nextAt = now() + (judged === undefined ? RETRY : INTERVAL);
    }
  }

  function judge(text: string | null, version: string): void {
    const hadList = current.config.sitesVersion !== undefined;
    judged = text;
    if (text === null) {
      if (hadList) emit({ event: 'sites_missing', level: 'error', reason: 'the list is gone; the last one stays' });
      else current = ofVariables;
      return;
    }
    const loaded = text.trim() === '' ? { ok: false as const, issues: [EMPTY] } : load(text);
    if (!loaded.ok) {
      for (const issue of loaded.issues) emit({ event: 'config_issue', level: 'error', version, ...issue });
      if (!hadList) current = withoutList(ofVariables, 'misconfigured');
      return;
    }
    for (const reason of startWarnings(loaded)) emit({ event: 'config_warning', level: 'warn', version, reason });
    current = { config: { ...loaded.config, sitesVersion: version }, sites: loaded.sites };
    emit({ event: 'sites_taken', level: 'info', version, sites: loaded.sites.length });
  }

  return {
    inForce() {
      if (now() >= nextAt) {
        nextAt = now() + INTERVAL;
        waitUntil(read());
      }
      return current;
    },
    firstRead: () => (isTried ? undefined : read()),
  };
}

const EMPTY: ConfigIssue = {
  variable: 'SITES',
  found: 'an empty text in KV',
  wanted: 'a list of sites',
  example: '[]',
};

const withoutList = ({ config, sites }: SitesInForce, unknownSites: Config['unknownSites'] & string): SitesInForce => ({
  config: { ...config, unknownSites },
  sites,
});

/** By which an operator recognises a list. */
export async function versionOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return toHex(new Uint8Array(digest)).slice(0, 12);
}
