// How the gateway proves itself at ZITADEL: by nothing but PKCE, by a secret, by a key; each with a sign-in and a sign-out.

import { readText } from '../../zitadel-api/json.ts';
import { describeAnswer } from '../browser/visitor.ts';
import { assert } from '../ledger.ts';
import { APPLICATION, onceTaken } from '../world/instance.ts';
import { need, newVisitor, type Stage } from '../world/stage.ts';
import { createWebApplication, type WebApplication } from '../world/web-application.ts';
import { signIn, signInFrom } from './sign-in.ts';
import { signOut } from './sign-out.ts';

const AREA = 'client authentication';

type Secret = Readonly<Record<string, string>>;

const POST = 'registered for client_secret_post, which takes client_secret_basic too';

const METHODS: readonly (readonly [string, string, (stage: Stage, made: WebApplication) => Promise<Secret>])[] = [
  ['none, with PKCE', 'NONE', async () => ({})],
  ['client_secret_basic', 'BASIC', async (_, { clientSecret }) => ({ ZITADEL_CLIENT_SECRET: clientSecret })],
  [POST, 'POST', async (_, { clientSecret }) => ({ ZITADEL_CLIENT_SECRET: clientSecret })],
  ['private_key_jwt', 'PRIVATE_KEY_JWT', async (stage, made) => ({ ZITADEL_CLIENT_KEY: await createKey(stage, made) })],
];

export async function tryClientAuthentication(stage: Stage): Promise<void> {
  const { ledger, gateway } = stage;
  for (const [method, type, secretOf] of METHODS) {
    await ledger.check(AREA, `${method}: sign-in and sign-out`, async () => {
      const authMethodType = `OIDC_AUTH_METHOD_TYPE_${type}`;
      const made = await createWebApplication(stage, method, { authMethodType });
      await gateway.restart({ ZITADEL_CLIENT_ID: made.clientId, ...(await secretOf(stage, made)) });
      // A new secret or key is refused at first
      await signOut(stage, await onceTaken(stage.system, () => signIn(stage, need(stage, 'ada'))));
    });
  }
  await ledger.check(AREA, 'a wrong secret: nobody gets in, and the page names no secret', async () => {
    const { clientId } = await createWebApplication(stage, 'Wrong secret', {
      authMethodType: 'OIDC_AUTH_METHOD_TYPE_BASIC',
    });
    const wrong = 'not-the-secret-that-was-given';
    await gateway.restart({ ZITADEL_CLIENT_ID: clientId, ZITADEL_CLIENT_SECRET: wrong });
    const visitor = newVisitor();
    const first = await visitor.go(`${gateway.origin}/echo/page`);
    const answer = await signInFrom(stage, visitor, first, need(stage, 'ada'));
    assert([400, 502, 503].includes(answer.status) && !answer.body.includes(wrong), describeAnswer(answer));
  });
  await gateway.restart();
}

async function createKey(stage: Stage, { applicationId }: WebApplication): Promise<string> {
  const expirationDate = new Date((stage.system.now() + 86_400) * 1000).toISOString();
  const answer = await stage.instance.connect(`${APPLICATION}/CreateApplicationKey`, {
    projectId: need(stage, 'projectId'),
    applicationId,
    expirationDate,
  });
  return atob(readText(answer, 'keyDetails'));
}
