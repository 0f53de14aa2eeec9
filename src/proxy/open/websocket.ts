// Passes a WebSocket on, message by message, so that it can be closed when its session ends.
// RFC 6455 §7.4 (close codes); promise 4.

import { type Ending, type Guard, watch } from './revalidation.ts';

/** The session has ended, was revoked, or lost the role. 4000–4999 are the application's to define; 4401 reads like HTTP's 401. */
const SESSION_OVER = 4401;
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;

/** What both ends have; the runtime's WebSocket, accepted. */
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

/** Relays until one side closes; what it said, the other hears. Without a guard nobody looks at the session. */
export function relay(visitor: Socket, application: Socket, guard: Guard | undefined): void {
  const stop = guard ? watch(guard, (ending) => endBoth(visitor, application, ending)) : () => {};
  connect(visitor, application, GOING_AWAY, stop);
  connect(application, visitor, INTERNAL_ERROR, stop);
}

/** `lost`: the code to close `to` with when `from` went without a word. */
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

function endBoth(visitor: Socket, application: Socket, { known, reason }: Ending): void {
  closeSocket(visitor, known ? SESSION_OVER : TRY_AGAIN_LATER, reason, GOING_AWAY);
  closeSocket(application, GOING_AWAY, '', GOING_AWAY);
}

/** 1005 and 1006 say that no code came and can't be sent, nor can 1015 (RFC 6455 §7.4.1). */
function closeSocket(socket: Socket, code: number, reason: string, lost: number): void {
  if (socket.readyState === CLOSED) return;
  if (code === 1005) socket.close();
  else if (code === 1006 || code === 1015) socket.close(lost);
  else socket.close(code, shorten(reason));
}

/** 123 bytes are what a close frame holds (RFC 6455 §5.5). */
function shorten(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  return bytes.length <= 123 ? reason : new TextDecoder().decode(bytes.subarray(0, 120)).replace(/\uFFFD$/, '');
}
