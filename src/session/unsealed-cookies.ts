// Session cookies that this isolate has unsealed, found again without cryptography.
// ARCHITECTURE §6 (isolate memory); promise 11 (no cryptography on a repeated request).

import { BoundedMap } from '../shared/isolate/bounded-map.ts';
import { ownCopy } from '../shared/own-copy.ts';
import type { Keyring } from './keyring.ts';
import type { SealedSession, Session } from './session.ts';

/** A cookie that was unsealed, and the newer cookie that its browser was last offered in its place. */
export interface CookieEntry {
  readonly text: string;
  readonly sealed: SealedSession;
  readonly isOldKey: boolean;
  /** What has opened it: the memory is one for all sites, and a cookie is good at its own alone. */
  readonly keyring: Keyring;
  replacement?: NewerCookie;
}

export interface NewerCookie {
  readonly session: Session;
  text?: string;
  /** When the user's object was last asked whether the browser may have it. */
  askedAt?: number;
}

/** Of all sites of an isolate together. */
export type CookieMemory = BoundedMap<string, CookieEntry>;

/** Characters of sealed text that are remembered. With what is inside, each takes about 4.5 bytes (docs/quality.md, soak). */
const MOST_REMEMBERED = 8_000_000;
const TAG_CHARACTERS = 22;

export const createCookieMemory = (): CookieMemory => new BoundedMap(MOST_REMEMBERED, ({ text }) => text.length);

export function createUnsealedCookies(
  keyring: Keyring,
  unsealed = createCookieMemory(),
): (text: string) => Promise<CookieEntry | undefined> {
  /** The key is the text's end, which is quick to hash even where the text fills four cookies; the whole text must be the same. */
  function recall(text: string): CookieEntry | undefined {
    const entry = unsealed.get(endOf(text));
    return entry?.keyring === keyring && entry.text === text ? entry : undefined;
  }

  return async (text) => {
    const remembered = recall(text);
    if (remembered) return remembered;
    const opened = await keyring.unseal<SealedSession>('session', text);
    if (opened.kind !== 'ok') return undefined;
    // Two requests may unseal the same cookie at once: both must see the newer cookie.
    const entry = recall(text) ?? { text: ownCopy(text), sealed: opened.value, isOldKey: opened.isOldKey, keyring };
    unsealed.set(endOf(entry.text), entry);
    return entry;
  };
}

export function seenAtOf({ sealed, replacement }: CookieEntry): number {
  return Math.max(sealed.seenAt, replacement?.session.seenAt ?? 0);
}

/** The authentication tag (RFC 7516 §7.1), which no two texts have in common. */
function endOf(text: string): string {
  return text.slice(-TAG_CHARACTERS);
}
