// Ends a response that never ends by itself (server-sent events) when the session behind it is no longer allowed.
// Issue 6 "WebSockets"; HTML §9.2 (an EventSource comes back by itself, and is then judged like any request).

import { type Guard, watch } from './watch.ts';

/** Types whose responses stay open for as long as there is something to say. A download that takes long may finish. */
const ENDLESS =
  /^(text\/event-stream|multipart\/x-mixed-replace|application\/(x-ndjson|stream\+json|json-seq))\s*(;|$)/i;

export function isEndless(headers: Headers): boolean {
  return ENDLESS.test(headers.get('Content-Type') ?? '');
}

/** The same bytes at the same pace. Ends as if the application had ended it; an error of `body` stays one. */
export function guardStream(body: ReadableStream<Uint8Array>, guard: Guard): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let isEnded = false;
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = watch(guard, ({ reason }) => {
          isEnded = true;
          controller.close();
          void reader.cancel(reason).catch(ignore);
        });
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (isEnded) return;
          if (!done) return controller.enqueue(value);
          stop();
          controller.close();
        } catch (error) {
          stop();
          if (!isEnded) controller.error(error);
        }
      },
      cancel(reason) {
        stop();
        return reader.cancel(reason);
      },
    },
    // Nothing is read ahead of who asks for it.
    { highWaterMark: 0 },
  );
}

/** The upstream's stream may already have broken: then there is nothing left to cancel. */
function ignore(): void {}
