// Claims and tokens asked of a user's object: many requests, one question, and none of them waits for long.
// Design promise 5 (CLAIMS_MAX_AGE), promise 6 (whoever can't be told anew goes on with what is known).

import { LATE, within } from '../shared/deadline.ts';
import type { TokenAnswer } from '../user-object/api.ts';
import { type KnownSession, takeClaims } from './known-sessions.ts';
import type { UserSessionsDirectory } from './object-client.ts';

export type ClaimsOutcome = 'fresh' | 'behind' | 'read' | 'kept' | 'ended';

export interface ClaimsAndTokens {
  /** Reads claims no older than `notBefore` into `known`; `patience` in milliseconds, after which it goes on unattended. */
  read(subject: SessionReference, notBefore: number, patience: number): Promise<ClaimsOutcome>;
  /** The same, with nobody waiting. */
  readBehind(subject: SessionReference, notBefore: number): void;
  tokens(subject: SessionReference, patience: number): Promise<TokenAnswer>;
}

/** Whose session it is. */
export interface SessionReference {
  readonly id: string;
  readonly sub: string;
  readonly known: KnownSession;
}

interface Dependencies {
  readonly directory: UserSessionsDirectory;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
}

interface Reading {
  readonly task: Promise<ClaimsOutcome>;
  readonly notBefore: number;
  readonly begunAt: number;
}

/** Seconds after which a question that has no answer is asked anew: whoever asked it may have been cancelled. */
const ABANDONED = 20;
/** Seconds until the object is asked again after it could not be reached. */
const OBJECT_RETRY = 5;

export function createClaimsAndTokens({ directory, now, waitUntil }: Dependencies): ClaimsAndTokens {
  const readings = new Map<string, Reading>();
  const tokenQuestions = new Map<string, { task: Promise<TokenAnswer>; begunAt: number }>();

  async function ask({ id, sub, known }: SessionReference, notBefore: number): Promise<ClaimsOutcome> {
    try {
      const claimsAt = known.claims?.claimsAt ?? -1;
      const answer = await directory.ofUser(sub).readClaims({ id, notBefore, claimsAt });
      if (answer.kind === 'ended') {
        known.ended ??= answer.reason;
        return 'ended';
      }
      if (answer.claims) takeClaims(known, answer.claims);
      if (answer.kind === 'kept') known.retryAt = answer.retryAt;
      return answer.kind;
    } catch {
      // The object can't be reached: its standing will be asked for soon, and that question fails closed.
      known.retryAt = now() + OBJECT_RETRY;
      return 'kept';
    }
  }

  function begin(subject: SessionReference, notBefore: number): Promise<ClaimsOutcome> {
    const under = readings.get(subject.id);
    if (under && under.notBefore >= notBefore && now() - under.begunAt < ABANDONED) return under.task;
    const task = ask(subject, notBefore).finally(() => {
      if (readings.get(subject.id)?.task === task) readings.delete(subject.id);
    });
    readings.set(subject.id, { task, notBefore, begunAt: now() });
    // The visitor may hang up; what has been asked of ZITADEL must be brought home all the same.
    waitUntil(task);
    return task;
  }

  return {
    async read(subject, notBefore, patience) {
      if (now() < subject.known.retryAt) return 'kept';
      const renewal = await within(begin(subject, notBefore), patience);
      return renewal === LATE ? 'kept' : renewal;
    },

    readBehind(subject, notBefore) {
      if (now() >= subject.known.retryAt && !readings.has(subject.id)) void begin(subject, notBefore);
    },

    async tokens({ id, sub, known }, patience) {
      if (known.tokens && now() < known.tokens.renewAt) return known.tokens;
      const under = tokenQuestions.get(id);
      let task = under && now() - under.begunAt < ABANDONED ? under.task : undefined;
      if (!task) {
        task = directory.ofUser(sub).tokens({ id });
        const asked = { task, begunAt: now() };
        tokenQuestions.set(id, asked);
        const forget = () => {
          if (tokenQuestions.get(id) === asked) tokenQuestions.delete(id);
        };
        waitUntil(task.then(forget, forget));
      }
      const answer = await within(task, patience);
      if (answer === LATE) return { kind: 'kept', retryAt: now() + OBJECT_RETRY, reason: 'no answer in time' };
      if (answer.kind === 'tokens') known.tokens = answer;
      if (answer.kind === 'ended') known.ended ??= answer.reason;
      return answer;
    },
  };
}
