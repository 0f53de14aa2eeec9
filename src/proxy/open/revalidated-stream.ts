// Cuts an answer off when whoever it is for is no longer allowed: event streams, long downloads, whatever it calls itself.
// Promise 4; HTML §9.2 (an EventSource comes back by itself, and is then judged like any request).

import { type RevalidationPlan, revalidate } from './revalidation.ts';

/**
 * The same bytes at the same pace, moved by the runtime and not by a script. An error of `body` stays one. An answer without a `length`
 * (bytes) that is cut off ends as if the application had ended it; one with a length breaks off, because it is not whole.
 */
export function revalidatedStream(
  body: ReadableStream<Uint8Array>,
  plan: RevalidationPlan,
  length?: number,
): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const stop = revalidate(plan, ({ reason }) => ending.abort(reason));
  const { readable, writable } = createPipe(length, stop);
  const moved = body.pipeTo(writable, { signal: ending.signal, preventClose: true, preventAbort: true });
  // Revalidation stops before the reader learns of the end.
  const close = () => {
    stop();
    return writable.close();
  };
  const fail = (error: unknown) => {
    if (ending.signal.aborted && length === undefined) return close();
    stop();
    return writable.abort(error);
  };
  void moved.then(close, fail).catch(ignore);
  return readable;
}

interface Pipe {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** The runtime's own streams pass bytes on without waking a script; tests in Node have the standard's alone. */
function createPipe(length: number | undefined, cancel: () => void): Pipe {
  if (typeof IdentityTransformStream === 'undefined') return new TransformStream<Uint8Array, Uint8Array>({ cancel });
  return (length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length)) as Pipe;
}

/** The visitor may have left, and then there is nobody to tell. */
function ignore(): void {}
