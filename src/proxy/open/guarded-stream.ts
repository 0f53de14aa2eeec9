// Ends an answer that goes on when whoever it is for is no longer allowed: event streams, long downloads, whatever it calls itself.
// promise 4; HTML §9.2 (an EventSource comes back by itself, and is then judged like any request).

import { type Guard, watch } from './revalidation.ts';

/**
 * The same bytes at the same pace, moved by the runtime and not by a script. An error of `body` stays one. What has no
 * `length` (bytes) ends as if the application had ended it; what has one breaks off, since it is not whole.
 */
export function guardStream(
  body: ReadableStream<Uint8Array>,
  guard: Guard,
  length?: number,
): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const stop = watch(guard, ({ reason }) => ending.abort(reason));
  const { readable, writable } = createPipe(length, stop);
  const moved = body.pipeTo(writable, { signal: ending.signal, preventClose: true, preventAbort: true });
  // Whoever reads learns of the end after the watch is over.
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

/** The runtime's own kinds pass bytes on without waking a script; elsewhere (tests in Node) there is the standard's. */
function createPipe(length: number | undefined, cancel: () => void): Pipe {
  if (typeof IdentityTransformStream === 'undefined') return new TransformStream<Uint8Array, Uint8Array>({ cancel });
  return (length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length)) as Pipe;
}

/** The visitor may have left: then there is nobody to tell. */
function ignore(): void {}
