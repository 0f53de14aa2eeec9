// One request to the operator's endpoint; what comes back is checked, what goes wrong is said in a sentence.
// ARCHITECTURE §2 /auth/operator/sessions: 404 while OPERATOR_SECRET is unset there.

import { CommandError } from '../support/failure.ts';
import type { System } from '../support/system.ts';

export interface Listed {
  readonly sub: string;
  readonly sessions: readonly {
    readonly id: string;
    /** Host; missing where there is one site. */
    readonly site?: string;
    readonly user_agent?: string;
    readonly place?: string;
    readonly started_at: number;
    readonly seen_at: number;
    readonly expires_at: number;
  }[];
}

export interface Ended {
  readonly sub: string;
  readonly ended: number;
}

interface Question {
  readonly endpoint: URL;
  readonly secret: string;
  readonly user: string;
  readonly fetch: System['fetch'];
}

/** Milliseconds. */
const DEADLINE = 20_000;

/** Of what is to be ended: one session, those at a site, or all. */
export async function askOperatorEndpoint(
  question: Question,
  method: 'GET' | 'DELETE',
  ended: { readonly id?: string; readonly site?: string } = {},
): Promise<unknown> {
  const { endpoint, secret, user, fetch } = question;
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries({ sub: user, ...ended })) url.searchParams.set(name, value);
  const response = await send(fetch, url, { method, headers: { authorization: `Bearer ${secret}` } });
  if (response.status === 200) return parseAnswer(response, url);
  const hints = {
    400: ended.site === undefined ? [] : ['that gateway has one site: leave --site out'],
    401: ['OPERATOR_SECRET is another there'],
    404: ['is OPERATOR_SECRET set there, and --url right?'],
    429: ['too many wrong secrets came from here: wait a minute'],
  };
  throw new CommandError(`${url.origin}${url.pathname} answered ${response.status}`, {
    hints: hints[response.status as keyof typeof hints] ?? [],
  });
}

async function send(fetch: System['fetch'], url: URL, init: RequestInit): Promise<Response> {
  try {
    // A redirect would carry the secret elsewhere.
    return await fetch(url.href, { ...init, redirect: 'manual', signal: AbortSignal.timeout(DEADLINE) });
  } catch (cause) {
    const { message, cause: deeper } = cause as { message?: string; cause?: { code?: string } };
    throw new CommandError(`${url.origin} can’t be reached: ${deeper?.code ?? message ?? 'no answer'}`, { cause });
  }
}

async function parseAnswer(response: Response, url: URL): Promise<unknown> {
  const body: unknown = await response.json().catch(() => undefined);
  const { sub, sessions, ended } = (body ?? {}) as { sub?: unknown; sessions?: unknown; ended?: unknown };
  if (typeof sub !== 'string' || !(Array.isArray(sessions) || typeof ended === 'number')) {
    throw new CommandError(`${url.origin} answered something else: is a gateway there?`);
  }
  return body;
}
