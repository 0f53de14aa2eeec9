// What the steps share: the instance, the operator's folder, the application, the gateway, and what earlier steps have made.

import { createApplication } from '../../../demo/app/application.ts';
import type { System } from '../../support/system.ts';
import { isJson, type Json, parseJson, readText } from '../../zitadel-api/json.ts';
import { type Answer, createVisitor, describeAnswer, type Visitor } from '../browser/visitor.ts';
import type { Journal } from '../journal.ts';
import { assert, type Ledger, Refuted } from '../ledger.ts';
import type { Gateway } from './gateway.ts';
import type { Instance } from './instance.ts';
import type { Person } from './people.ts';

export interface Stage {
  readonly system: System;
  readonly instance: Instance;
  readonly journal: Journal;
  readonly ledger: Ledger;
  /** Path of the administrator's key file. */
  readonly adminKey: string;
  /** Path of wrangler.toml. */
  readonly config: string;
  readonly upstream: string;
  readonly gateway: Gateway;
  readonly mayRotateKeys: boolean;
  /** Of earlier steps. */
  readonly made: Made;
}

export interface Made {
  projectId?: string;
  /** Of the application that the gateway is. */
  clientId?: string | undefined;
  /** Has the role staff. */
  ada?: Person;
  /** Has none at first. */
  bob?: Person;
  /** Path of the service account's key file. */
  serviceKey?: string;
  /** Acts as the login application of Login V2. */
  loginClient?: Instance;
  /** What setup said of an address that ZITADEL refuses. */
  backChannelRefusal?: string;
}

export const startApplication = () => createApplication().listen();

/** What an earlier step should have made. */
export function need<Name extends keyof Made>({ made }: Stage, name: Name): NonNullable<Made[Name]> {
  const found = made[name];
  if (found === undefined) throw new Refuted(`an earlier step did not make what this one needs (${name})`);
  return found as NonNullable<Made[Name]>;
}

export const newVisitor = createVisitor;

/** What the application has received, or what the gateway answered instead. */
export function readEcho(answer: Answer): Json {
  const headers = answer.status === 200 ? parseJson(answer.body)?.['headers'] : undefined;
  if (!isJson(headers)) throw new Refuted(`the application was not reached: ${describeAnswer(answer)}`);
  return headers;
}

export function assertIdentity(answer: Answer, { id }: Person, roles: string): void {
  const headers = readEcho(answer);
  const found = `${readText(headers, 'x-forwarded-user')} with ${readText(headers, 'x-forwarded-roles') || 'no role'}`;
  assert(found === `${id} with ${roles || 'no role'}`, `the application sees ${found}, not ${id} with ${roles}`);
}

const PAUSE_MS = 250;

/** Asks again until it is so: ZITADEL's lists and tokens, and the gateway's memory, lag behind a change. */
export async function waitUntil(
  { system }: Stage,
  seconds: number,
  ask: () => Promise<Answer>,
  isSo: (answer: Answer) => boolean,
): Promise<Answer> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (Date.now() > end) throw new Refuted(`not so within ${seconds} seconds: ${describeAnswer(answer)}`);
    await system.wait(PAUSE_MS);
  }
}

/** As a script of the page asks: without a session it is answered, not sent away. */
export const asScript = (visitor: Visitor, url: string): Promise<Answer> =>
  visitor.go(url, {
    headers: {
      accept: 'application/json',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'sec-fetch-site': 'same-origin',
    },
  });
