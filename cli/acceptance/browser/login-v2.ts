// Plays the login application of Login V2: a session by the session API, linked to the request that the gateway began.
// ZITADEL's own login pages are another program, which may not be running.

import { readText } from '../../zitadel-api/json.ts';
import type { Journal } from '../journal.ts';
import { assert } from '../ledger.ts';
import { type Instance, make, onceTaken, onceThere, openInstance, PERMISSION } from '../world/instance.ts';
import type { Person } from '../world/people.ts';
import type { Stage } from '../world/stage.ts';
import { type Answer, describeAnswer, type Visitor } from './visitor.ts';

/** Where the login application would be; nobody listens there. */
export const LOGIN_APPLICATION = 'http://localhost:9/login-v2';

/** Wherever its pages are, V2's requests are known by the form of their id. */
export const isLoginV2 = (url: URL): boolean => url.searchParams.get('authRequest')?.startsWith('V2_') ?? false;

export const requestIdOf = ({ location }: Answer): string => location?.searchParams.get('authRequest') ?? '';

export interface LoginSession {
  readonly sessionId: string;
  readonly sessionToken: string;
}

export async function loginClientOf(stage: Stage): Promise<Instance> {
  stage.made.loginClient ??= await createLoginClient(stage);
  return stage.made.loginClient;
}

/** A service account of the run's own that may do what a login application does: an administrator may not. */
async function createLoginClient({ system, instance, journal }: Stage): Promise<Instance> {
  const username = `${journal.record.name}-login`;
  const { organizationId } = instance;
  const { id: userId } = await make(journal, 'user', 'id', () =>
    instance.rest('POST', '/v2/users/new', { organizationId, username, machine: { name: 'Login application' } }),
  );
  await onceThere(system, () =>
    instance.connect(`${PERMISSION}/CreateAdministrator`, {
      userId,
      resource: { instance: true },
      roles: ['IAM_LOGIN_CLIENT'],
    }),
  );
  const expirationDate = new Date((system.now() + 3_600) * 1000).toISOString();
  const { token } = await instance.rest('POST', `/v2/users/${userId}/pats`, { expirationDate });
  return onceTaken(system, () => openInstance(system, instance.issuer, { kind: 'token', token: String(token) }));
}

export async function createLoginSession(
  instance: Instance,
  journal: Journal,
  { loginName, password }: Person,
): Promise<LoginSession> {
  const checks = { user: { loginName }, password: { password } };
  const { id, answer } = await make(journal, 'session', 'sessionId', () =>
    instance.rest('POST', '/v2/sessions', { checks }),
  );
  return { sessionId: id, sessionToken: readText(answer, 'sessionToken') };
}

/** The request's id, once the gateway and ZITADEL have sent the visitor to the login application. */
export async function reachLogin(visitor: Visitor, first: Answer): Promise<string> {
  const answer = await visitor.follow(first, isLoginV2);
  assert(answer.location !== undefined, `Login V2 was not reached: ${describeAnswer(answer)}`);
  return requestIdOf(answer);
}

/** How the request ends: with a session, or a refusal. Returns what the gateway answers. */
export async function finishLogin(
  instance: Instance,
  visitor: Visitor,
  requestId: string,
  end:
    | { readonly session: LoginSession }
    | { readonly error: { readonly error: string; readonly errorDescription: string } },
): Promise<Answer> {
  const answer = await instance.rest('POST', `/v2/oidc/auth_requests/${requestId}`, end);
  return visitor.follow(await visitor.go(readText(answer, 'callbackUrl')), isLoginV2);
}
