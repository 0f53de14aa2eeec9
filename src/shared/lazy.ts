// A value that an isolate makes when it is first needed, and keeps: an imported key, for one.
// The global scope of a worker may do no work of this kind, so it waits for a request.

/**
 * The value is kept, never a promise of it: a request that is cancelled would leave the promise pending for all others. Requests
 * that come together each make one; the first to finish speaks for all.
 */
export function createLazy<Value extends object>(make: () => Promise<Value>): () => Promise<Value> {
  let kept: Value | undefined;
  return async () => {
    if (kept) return kept;
    const made = await make();
    kept ??= made;
    return kept;
  };
}
