// One exchange with the upstream up to its first byte: the deadline, the one repetition, and what its failures mean.
// Issue 6 "Time-outs"; RFC 9110 §9.2.2 (what may be repeated), §15.6.3 (502), §15.6.5 (504).

import { GatewayError } from '../errors.ts';
import type { Timers } from './watch.ts';

export interface Exchange {
  /** Called twice at most. */
  readonly attempt: (signal: AbortSignal) => Promise<Response>;
  /** Seconds to the response's first byte. */
  readonly timeout: number;
  /** The clock stands still until this settles: the visitor sends at their own pace. */
  readonly upload: Promise<unknown> | undefined;
  readonly isRepeatable: boolean;
  readonly timers: Timers;
}

/** @throws GatewayError `upstream_timeout`, `upstream_unreachable`; the runtime's own words are in `cause` alone */
export async function exchange({ attempt, timeout, upload, isRepeatable, timers }: Exchange): Promise<Response> {
  const controller = new AbortController();
  let timer: unknown;
  let isOver = false;
  const late = new Promise<never>((_, reject) => {
    const startClock = () => {
      if (isOver) return;
      timer = timers.setTimeout(() => {
        reject(new GatewayError('upstream_timeout', `no answer within ${timeout} s`));
        controller.abort();
      }, timeout * 1000);
    };
    if (upload) upload.then(startClock, startClock);
    else startClock();
  });
  const send = () => Promise.race([attempt(controller.signal), late]);
  try {
    return await send().catch((error) => {
      if (!isRepeatable || error instanceof GatewayError) throw error;
      return send();
    });
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('upstream_unreachable', 'the connection to the upstream failed', { cause });
  } finally {
    isOver = true;
    timers.clearTimeout(timer);
  }
}
