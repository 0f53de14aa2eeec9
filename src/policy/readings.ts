// Every way in which an upstream may read one path: what a rule has to hold for.
// Design §1 One request, every reading; docs/routes.md says which server reads how.

import {
  collapseSlashes,
  decodeLeniently,
  decodeStrictly,
  dropTrailingDots,
  keepEncodedSlashes,
  removeParameters,
  resolveDots,
  turnBackslashes,
} from './path-steps.ts';

export type Readings = { readonly ok: true; readonly readings: readonly string[] } | Nonsense;
type Nonsense = { readonly ok: false; readonly reason: string };

/** No honest path comes near these; each bounds what a hostile one can cost. */
const MAX_READINGS = 128;
/** Characters that all steps together may go through. */
const MAX_WORK = 49_152;

/** What makes a second reading possible: encodings, parameters, blanks, `//`, segments that end in a dot. */
const ODD = /[^!-~]|[%\\;?#]|\/\/|\.(?:\/|$)/;
const CONTROL = /\p{Cc}/u;

/** The steps beside decoding. Servers take any of them, in any order. */
const STEPS = [turnBackslashes, collapseSlashes, removeParameters, resolveDots, dropTrailingDots];

/**
 * The distinct readings of a URL's path (as sent, without query), decoded at least once; the first is the path decoded once and otherwise
 * as sent. Closed under every step in any order. Case is not folded here: rules are compared with both spellings (match.ts).
 */
export function readingsOf(path: string): Readings {
  if (path.startsWith('/') && !ODD.test(path)) return { ok: true, readings: [path] };
  if (!path.startsWith('/') || path.includes('?') || path.includes('#')) return nonsense('no path');
  const work = { left: MAX_WORK };
  const written = closeUnder(new Set([path]), STEPS, work);
  if (!(written instanceof Set)) return written;
  if (!path.includes('%')) return { ok: true, readings: [...written] };
  const decoded = new Set<string>();
  for (const each of new Set([...written, ...[...written].map(keepEncodedSlashes)])) {
    const reading = decodeStrictly(each);
    if (reading === undefined) return nonsense('broken percent-encoding');
    decoded.add(reading);
  }
  const readings = closeUnder(decoded, [...STEPS, decodeLeniently, decodeBetweenSlashes], work);
  return readings instanceof Set ? { ok: true, readings: [...readings] } : readings;
}

/** Adds what the steps make of the paths, and of what they made, until nothing new comes. A Set visits what is added on the way. */
function closeUnder(
  paths: Set<string>,
  steps: readonly ((path: string) => string | undefined)[],
  work: { left: number },
): Set<string> | Nonsense {
  for (const path of paths) {
    if (CONTROL.test(path)) return nonsense('control character');
    work.left -= path.length;
    for (const step of steps) {
      const next = step(path);
      if (next === undefined) return nonsense(step === resolveDots ? 'climbs out of the root' : 'overlong encoding');
      if (next === path) continue;
      paths.add(next);
      work.left -= path.length;
      if (work.left < 0 || paths.size > MAX_READINGS) return nonsense('too many readings');
    }
  }
  return paths;
}

function decodeBetweenSlashes(path: string): string | undefined {
  const kept = keepEncodedSlashes(path);
  return kept === path ? path : decodeLeniently(kept);
}

function nonsense(reason: string): Nonsense {
  return { ok: false, reason };
}
