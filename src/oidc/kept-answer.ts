// An answer of the provider's that is kept, renewed behind the scenes, and served stale while the provider is away.
// RFC 5861 §3, §4 (the idea); promise 3.

/** Seconds between attempts while the old answer still serves. */
const RETRY_AFTER = 30;

export interface KeptAnswer<Answer> {
  /** What is known, or else asked for. Throws what the request throws. */
  load(signal?: AbortSignal): Promise<Answer>;
  /** Asks now, whatever is known. Throws what the request throws. */
  read(signal?: AbortSignal): Promise<Answer>;
  /** Undefined until there was an answer. */
  known(): Answer | undefined;
  /** How many requests there were so far; and which of them brought what is known. */
  asked(): number;
  broughtBy(): number;
}

interface Terms<Answer> {
  readonly request: (signal?: AbortSignal) => Promise<Answer>;
  /** Seconds after which it is renewed. */
  readonly maxAge: number;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

export function createKeptAnswer<Answer>({ request, maxAge, now, waitUntil }: Terms<Answer>): KeptAnswer<Answer> {
  let known: Answer | undefined;
  let asked = 0;
  let broughtBy = 0;
  let renewAt = 0;

  async function read(signal?: AbortSignal): Promise<Answer> {
    asked += 1;
    const number = asked;
    const answer = await request(signal);
    // Else a newer answer has come before this one.
    if (number >= broughtBy) [known, broughtBy, renewAt] = [answer, number, now() + maxAge];
    return answer;
  }

  return {
    read,
    async load(signal) {
      if (known === undefined) return read(signal);
      if (now() >= renewAt) {
        renewAt = now() + RETRY_AFTER;
        // A failure leaves the old answer in use.
        waitUntil(read().catch(() => undefined));
      }
      return known;
    },
    known: () => known,
    asked: () => asked,
    broughtBy: () => broughtBy,
  };
}
