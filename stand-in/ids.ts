// Ids as ZITADEL gives them: strings of 18 or 19 digits, too big for a JavaScript number, rising with time.

const EPOCH_MS = 1_483_228_800_000;
const SEQUENCE_BITS = 22n;

export type NextId = () => string;

export function createIds(now: () => number): NextId {
  let last = 0n;
  return () => {
    const fromClock = BigInt(Math.max(0, Math.floor(now() * 1000) - EPOCH_MS)) << SEQUENCE_BITS;
    // A test may stand its clock still or turn it back: ids stay unique all the same.
    last = fromClock > last ? fromClock : last + 1n;
    return last.toString();
  };
}
