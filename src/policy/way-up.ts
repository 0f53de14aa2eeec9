// The way of a request to its upstream, judged by the path that goes up: all readings have to lead one way, and stay below the prefix.
// ARCHITECTURE §1 One request, every reading, `strip_prefix`; §7 Paths.

import { decodeStrictly, spelledPrefix } from '../shared/path-text.ts';
import { isSameTarget } from '../shared/upstream-target.ts';
import { type Readings, readingsOf } from './readings.ts';
import type { Forwarding } from './requirement.ts';

/** What two rules have to agree on when readings of one path meet both: where it goes, as which path, and with what. */
const SHARED = ['strip_prefix', 'upstream_secret', 'forward_access_token', 'forward_id_token'] as const;

export function isSameWay(one: Forwarding, other: Forwarding): boolean {
  return isSameTarget(one.upstream, other.upstream) && SHARED.every((field) => one[field] === other[field]);
}

/**
 * `path` as sent, without query. What is left of it when the prefix is gone, in every reading, each with the prefix put back: what rules
 * can be asked about. What is left must not climb by itself: the upstream, or a folder of it that the prefix stands for, begins there.
 */
export function readingsBelow(path: string, strip_prefix: string): Readings {
  const prefix = spelledPrefix(path, strip_prefix);
  if (prefix === undefined) return { ok: false, reason: 'the prefix to be stripped is there only in another reading' };
  const below = readingsOf(path.slice(prefix.length) || '/');
  if (!below.ok) return { ok: false, reason: `without its prefix: ${below.reason}` };
  const front = decodeStrictly(prefix) ?? prefix;
  return { ok: true, readings: below.readings.map((reading) => front + reading) };
}
