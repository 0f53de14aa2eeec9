// Passes a WebSocket on, message by message, so that it can be closed when its session ends.
// RFC 6455 §7.4 (close codes); promise 4.

import { type CutOff, type RevalidationPlan, revalidate } from './revalidation.ts';

const CODES = {
  /** The session has ended, was revoked, or lost the role. Applications define 4000 to 4999; 4401 reads like HTTP's 401. */
  sessionOver: 4401,
  tryAgainLater: 1013,
  goingAway: 1001,
  internalError: 1011,
} as const;

/** One end of the connection: the part of the runtime's accepted WebSocket that is used here. */
export interface Socket {
  readonly readyState: number;
  send(message: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

const OPEN = 1;
const CLOSED = 3;

/** Relays until one side closes, and passes its code and reason on. Without a plan nobody asks about the session. */
export function relay(visitor: Socket, application: Socket, plan: RevalidationPlan | undefined): void {
  const stop = plan ? revalidate(plan, (why) => cutBoth(visitor, application, why)) : () => {};
  connect(visitor, application, CODES.goingAway, stop);
  connect(application, visitor, CODES.internalError, stop);
}

/** `lost`: the code that closes `to` when `from` disappears without one. */
function connect(from: Socket, to: Socket, lost: number, stop: () => void): void {
  from.addEventListener('message', ({ data }) => {
    if (to.readyState === OPEN) to.send(data as string | ArrayBuffer);
  });
  from.addEventListener('close', ({ code, reason }) => {
    stop();
    closeSocket(to, code, reason, lost);
    closeSocket(from, code, reason, lost);
  });
  from.addEventListener('error', () => {
    stop();
    closeSocket(to, lost, '', lost);
  });
}

function cutBoth(visitor: Socket, application: Socket, { isKnown, reason }: CutOff): void {
  closeSocket(visitor, isKnown ? CODES.sessionOver : CODES.tryAgainLater, reason, CODES.goingAway);
  closeSocket(application, CODES.goingAway, '', CODES.goingAway);
}

/** 1005 and 1006 say that no code came. Neither they nor 1015 can be sent (RFC 6455 §7.4.1). */
function closeSocket(socket: Socket, code: number, reason: string, lost: number): void {
  if (socket.readyState === CLOSED) return;
  if (code === 1005) socket.close();
  else if (code === 1006 || code === 1015) socket.close(lost);
  else socket.close(code, shorten(reason));
}

/** A close frame holds a reason of 123 bytes (RFC 6455 §5.5). */
function shorten(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  return bytes.length <= 123 ? reason : new TextDecoder().decode(bytes.subarray(0, 120)).replace(/\uFFFD$/, '');
}
