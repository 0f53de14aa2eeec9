// One exchange with the upstream up to its first byte: the deadline, the one repetition, and what its failures mean.
// RFC 9110 §9.2.2 (what may be repeated), §15.6.3 (502), §15.6.5 (504).

import { GatewayError } from '../errors.ts';
import type { Timers } from './open/revalidation.ts';

export interface Exchange {
  /** Called twice at most. */
  readonly attempt: () => Promise<Response>;
  /** Seconds to the response's first byte. */
  readonly timeout: number;
  /** The clock starts when this settles, because a visitor may send as slowly as they like. */
  readonly upload: Promise<unknown> | undefined;
  readonly isRepeatable: boolean;
  readonly timers: Timers;
}

/**
 * An attempt that nobody waits for any longer is ended by the runtime, together with the visitor's request.
 * @throws GatewayError `upstream_timeout`, `upstream_unreachable`; the runtime's own words are in `cause` alone
 */
export function exchange({ attempt, timeout, upload, isRepeatable, timers }: Exchange): Promise<Response> {
  return new Promise((resolve, reject) => {
    let timer: unknown;
    let isOver = false;
    const end = () => {
      isOver = true;
      timers.clearTimeout(timer);
    };
    const succeed = (response: Response) => {
      end();
      resolve(response);
    };
    const fail = (cause: unknown) => {
      end();
      const isFault = cause instanceof GatewayError;
      reject(
        isFault ? cause : new GatewayError('upstream_unreachable', 'the connection to the upstream failed', { cause }),
      );
    };
    const startClock = () => {
      if (isOver) return;
      timer = timers.setTimeout(
        () => fail(new GatewayError('upstream_timeout', `no answer within ${timeout} s`)),
        timeout * 1000,
      );
    };
    if (upload) upload.then(startClock, startClock);
    else startClock();
    attempt().then(succeed, (error) => {
      if (isOver || !isRepeatable || error instanceof GatewayError) fail(error);
      else attempt().then(succeed, fail);
    });
  });
}
