// Signs people in for whatever comes next, at the login that the server shows: V1 by its forms, V2 by the session API.

import { signInV1 } from '../browser/login-v1.ts';
import { createLoginSession, finishLogin, isLoginV2, loginClientOf, requestIdOf } from '../browser/login-v2.ts';
import { type Answer, describeAnswer, type Visitor } from '../browser/visitor.ts';
import { assert } from '../ledger.ts';
import type { Person } from '../world/people.ts';
import { newVisitor, type Stage } from '../world/stage.ts';

/** From the gateway's answer that asks for a sign-in, to the page that was wanted. */
export async function signInFrom(stage: Stage, visitor: Visitor, first: Answer, person: Person): Promise<Answer> {
  const reached = await visitor.follow(first, isLoginV2);
  if (!reached.location) return (await signInV1(visitor, reached, person, stage.instance.issuer)).answer;
  const client = await loginClientOf(stage);
  const session = await createLoginSession(client, stage.journal, person);
  return finishLogin(client, visitor, requestIdOf(reached), { session });
}

/** In a new browser. */
export async function signIn(stage: Stage, person: Person, path = '/echo/page'): Promise<Visitor> {
  const visitor = newVisitor();
  const answer = await signInFrom(stage, visitor, await visitor.go(stage.gateway.origin + path), person);
  assert(answer.status === 200, describeAnswer(answer));
  return visitor;
}
