// Every way in which an upstream may read one path. Rules are asked about all of them.
// ARCHITECTURE §1 One request, every reading; docs/routes.md says which server reads how.

import { decodeStrictly } from '../shared/path-text.ts';
import {
  collapseSlashes,
  cutAtHash,
  cutAtQuestionMark,
  dropTrailingDots,
  removeParameters,
  resolveDots,
  turnBackslashes,
} from './path-steps.ts';
import { ALL_SPELLINGS, decodeLeniently, keepEncodedSlashes, type Spelling, TEXTS } from './percent-decoding.ts';

export type Readings = { readonly ok: true; readonly readings: readonly string[] } | Nonsense;
type Nonsense = { readonly ok: false; readonly reason: string };
type Steps = readonly (readonly [apply: (path: string) => string | undefined, nonsense: string])[];

/** Both limits bound what a hostile path can cost; the time is linear in its length. No honest path comes near them. */
const MAX_READINGS = 128;
/** Characters that all steps together may go through, and how much more for each character of the path. A URL in a long path takes 7, one in that 13. */
const MAX_WORK = 40_960;
const WORK_PER_CHARACTER = 24;

/** What makes a second reading possible: encodings, parameters, blanks, `//`, segments that end in a dot. */
const ODD = /[^!-~]|[%\\;?#]|\/\/|\.(?:\/|$)/;
const CONTROL = /\p{Cc}/u;
const NOT_DECODED = 'control character or overlong encoding';

/** The steps beside decoding. Servers take any of them, in any order. */
const STEPS: Steps = [
  [turnBackslashes, ''],
  [collapseSlashes, ''],
  [removeParameters, ''],
  [resolveDots, 'climbs out of the root'],
  [dropTrailingDots, ''],
];
/** The steps for decoded paths, in which a `?` or `#` can stand. */
const ALL_STEPS: Steps = [
  ...STEPS,
  [cutAtQuestionMark, ''],
  [cutAtHash, ''],
  [decodeAgain, NOT_DECODED],
  [decodeBetweenSlashes, NOT_DECODED],
];

/** What encoded bytes may mean. */
export interface Encoding {
  /** Empty: they are UTF-8. */
  readonly spellings: readonly Spelling[];
  /** For decoded paths. */
  readonly steps: Steps;
}

export const UTF_8: Encoding = { spellings: [], steps: ALL_STEPS };
/** Any text. */
export const BYTES = encodingOf(TEXTS);
/** Any text, and what odd decoders make of it. */
export const ODD_BYTES = encodingOf(ALL_SPELLINGS);

function encodingOf(spellings: readonly Spelling[]): Encoding {
  const steps = spellings.flatMap(
    (spell): Steps => [
      [(path) => decodeAgain(spell(path)), NOT_DECODED],
      [(path) => decodeBetweenSlashes(spell(path)), NOT_DECODED],
    ],
  );
  return { spellings, steps: [...ALL_STEPS, ...steps] };
}

/**
 * The distinct readings of a URL's path (as sent, without query), decoded at least once; the first is the path decoded once and otherwise
 * as sent. Closed under every step in any order. Case is not folded here: rules are compared with both spellings (match.ts).
 */
export function readingsOf(path: string): Readings {
  return readAs(path, UTF_8);
}

/** The same, by an application that takes its bytes for another encoding. */
export function readAs(path: string, { spellings, steps }: Encoding): Readings {
  if (path.startsWith('/') && !ODD.test(path)) return { ok: true, readings: [path] };
  if (!path.startsWith('/') || path.includes('?') || path.includes('#')) return nonsense('no path');
  if (CONTROL.test(path)) return nonsense('control character');
  const work = { left: MAX_WORK + WORK_PER_CHARACTER * path.length };
  const spelled = spellings.length > 0 ? spellings.map((spell) => spell(path)) : [path];
  const written = closeUnder(STEPS, new Set(spelled), work);
  if (!(written instanceof Set)) return written;
  if (!path.includes('%')) return { ok: true, readings: [...written] };
  const decoded = new Set<string>();
  for (const each of new Set([...written, ...[...written].map(keepEncodedSlashes)])) {
    const reading = decodeStrictly(each);
    if (reading === undefined) return nonsense('broken percent-encoding');
    if (CONTROL.test(reading)) return nonsense('control character');
    decoded.add(reading);
  }
  const readings = closeUnder(steps, decoded, work);
  return readings instanceof Set ? { ok: true, readings: [...readings] } : readings;
}

/** Applies the steps to the paths and to every result, until nothing new comes: iterating a Set also visits what is added meanwhile. */
function closeUnder(steps: Steps, paths: Set<string>, work: { left: number }): Set<string> | Nonsense {
  for (const path of paths) {
    work.left -= path.length;
    for (const [apply, refusal] of steps) {
      const next = apply(path);
      if (next === undefined) return nonsense(refusal);
      if (next === path) continue;
      paths.add(next);
      work.left -= path.length;
      if (work.left < 0 || paths.size > MAX_READINGS) return nonsense('too many readings');
    }
  }
  return paths;
}

function decodeAgain(path: string): string | undefined {
  if (!path.includes('%')) return path;
  const decoded = decodeLeniently(path);
  return decoded === undefined || CONTROL.test(decoded) ? undefined : decoded;
}

function decodeBetweenSlashes(path: string): string | undefined {
  const kept = keepEncodedSlashes(path);
  return kept === path ? path : decodeAgain(kept);
}

function nonsense(reason: string): Nonsense {
  return { ok: false, reason };
}
