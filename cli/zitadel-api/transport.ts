// The way to ZITADEL: a deadline for each request, and errors that say which of network, address and server it was.

import { CommandError } from '../support/failure.ts';
import { withProgress } from '../support/progress.ts';
import type { System } from '../support/system.ts';

const DEADLINE_MS = 15_000;

export type Send = (path: string, init: RequestInit) => Promise<Response>;

export function createTransport(system: System, domain: string): Send {
  return async (path, init) => {
    try {
      return await withProgress(system, `waiting for ${domain}`, () =>
        system.fetch(domain + path, { ...init, redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) }),
      );
    } catch (cause) {
      throw new CommandError(`no answer from ${domain}: ${reasonOf(cause)}`, {
        hints: ['is the domain right, and is this machine on the network?'],
        cause,
      });
    }
  };
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `nothing within ${DEADLINE_MS / 1000} seconds`;
  const inner = cause.cause;
  if (inner instanceof Error) return inner.message || ('code' in inner ? String(inner.code) : inner.name);
  return cause.message;
}
