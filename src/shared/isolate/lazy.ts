// A value that an isolate makes when a request first needs it, and then keeps; for example an imported key.
// It can't be made earlier: the global scope of a worker may do no such work.

/**
 * Keeps the value, never a promise of it: a promise belongs to the request that made it, and if that one is cancelled it stays
 * pending for all others. Requests that come together each make a value; the first that is finished is kept.
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
