// "Did you mean": the known name nearest to an unknown one.

import { lettersAndDigits } from '../shared/field-names.ts';

/** The nearest of `names`, or undefined when none is near. */
export function suggestName(unknown: string, names: readonly string[]): string | undefined {
  const wanted = lettersAndDigits(unknown);
  const scored = names.map((name) => ({ name, distance: nameDistance(wanted, lettersAndDigits(name)) }));
  const best = scored.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= Math.max(1, Math.floor(wanted.length / 3)) ? best.name : undefined;
}

/** Part of a name (`CLIENT_ID`) counts as one slip, so that a missing or foreign prefix is recognised. */
function nameDistance(a: string, b: string): number {
  const isPart = a.length >= 4 && b.length >= 4 && (a.endsWith(b) || b.endsWith(a));
  return Math.min(isPart ? 1 : Number.POSITIVE_INFINITY, levenshtein(a, b));
}

function levenshtein(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
