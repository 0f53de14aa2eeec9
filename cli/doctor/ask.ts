// One HTTP question with a deadline, its whole answer, and plain words for what went wrong.

import { type Finding, failed } from './finding.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, where it is a JSON object. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

/** Nobody answered. */
export interface Silence {
  readonly silence: string;
  /** What to do, where the network is not to blame. */
  readonly cure?: string;
}

/** Milliseconds. */
const DEADLINE = 4_000;

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name leads nowhere (DNS)',
  EAI_AGAIN: 'its name can’t be looked up: is there a network?',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENETUNREACH: 'there is no way to it from here',
  EHOSTUNREACH: 'there is no way to it from here',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};

export async function ask(fetch: Fetch, url: string, init: RequestInit = {}): Promise<Answer | Silence> {
  try {
    const signal = AbortSignal.timeout(DEADLINE);
    const response = await fetch(url, { redirect: 'manual', signal, ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parseObject(text) };
  } catch (error) {
    return { silence: describe(error as Error & { cause?: { code?: string; message?: string } }) };
  }
}

function describe({ name, message, cause }: Error & { cause?: { code?: string; message?: string } }): string {
  if (name === 'TimeoutError') return `no answer within ${DEADLINE / 1000} seconds`;
  const code = cause?.code ?? '';
  if (/CERT|SELF_SIGNED|ALTNAME|TLS|SSL/.test(code)) return `its certificate is not good (${code})`;
  return WORDS[code] ?? cause?.message ?? message;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    // Some other text: an error page, or nothing.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What ZITADEL says of an error, in one line. */
export function errorOf({ status, json }: Answer): string {
  const words = [json?.['error'], json?.['error_description']].filter((word) => typeof word === 'string');
  return words.length > 0 ? words.join(': ').slice(0, 200) : `status ${status}`;
}

/** 429 and 5xx say nothing about what was asked. */
export const isUnwell = ({ status }: Answer): boolean => status === 429 || status >= 500;

export const isGood = (answer: Answer | Silence): answer is Answer => !('silence' in answer) && !isUnwell(answer);

/** For an answer that is not good. */
export function noAnswer(check: string, answer: Answer | Silence): Finding {
  if (!('silence' in answer)) return failed(check, `status ${answer.status}`, 'ask again when ZITADEL is well');
  return failed(check, answer.silence, answer.cure ?? 'ask again when ZITADEL can be reached');
}
