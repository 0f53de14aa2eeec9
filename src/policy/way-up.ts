// Judges a request's way to its upstream by the path that goes up: all readings have to lead the same way, and stay below the prefix.
// ARCHITECTURE §1 One request, every reading, `strip_prefix`; §7 Paths.

import { decodeEitherWay, spelledPrefix } from '../shared/path-text.ts';
import { isSameTarget } from '../shared/upstream-target.ts';
import { type Encoding, type Readings, readAs, UTF_8 } from './readings.ts';
import type { Forwarding } from './requirement.ts';

/** When readings of one path meet two rules, the rules have to agree on these: where the request goes, as which path, with which tokens. */
const SHARED = [
  'strip_prefix',
  'upstream_host',
  'upstream_secret',
  'forward_access_token',
  'forward_id_token',
] as const;

export function isSameWay(one: Forwarding, other: Forwarding): boolean {
  return isSameTarget(one.upstream, other.upstream) && SHARED.every((field) => one[field] === other[field]);
}

/**
 * Every reading of what is left of `path` without the prefix, with the prefix put back, so that rules can be asked about it. `path` as sent,
 * without query. What is left must not climb by itself: the upstream, or the folder of it that the prefix stands for, begins there.
 */
export function readingsBelow(path: string, strip_prefix: string, encoding: Encoding = UTF_8): Readings {
  const prefix = spelledPrefix(path, strip_prefix);
  if (prefix === undefined) return { ok: false, reason: 'the prefix to be stripped is there only in another reading' };
  const below = readAs(path.slice(prefix.length) || '/', encoding);
  if (!below.ok) return { ok: false, reason: `without its prefix: ${below.reason}` };
  const front = decodeEitherWay(prefix) ?? prefix;
  return { ok: true, readings: below.readings.map((reading) => front + reading) };
}
