// API clients: service accounts by key, by secret and by personal access token; introspection by key and by secret.

import { readFile } from 'node:fs/promises';
import { parseJson, readText } from '../../zitadel-api/json.ts';
import { type Answer, describeAnswer } from '../browser/visitor.ts';
import { assert, Refuted } from '../ledger.ts';
import { APPLICATION, onceTaken } from '../world/instance.ts';
import { need, newVisitor, readEcho, type Stage, waitUntil } from '../world/stage.ts';
import { fetchByKey, fetchBySecret } from '../world/tokens.ts';
import { SOON } from './sign-out.ts';

/** A token that is fetched just after a grant may lack its roles for its whole life, so a new one is fetched each time. */
async function assertTaken(stage: Stage, fetchToken: () => Promise<string>, userId: string): Promise<void> {
  const answer = await waitUntil(
    stage,
    SOON,
    async () => ask(stage, await fetchToken()),
    ({ status }) => status === 200,
  );
  const user = readText(readEcho(answer), 'x-forwarded-user');
  assert(user === userId, `the application sees ${user}, not ${userId}`);
}

const ask = ({ gateway }: Stage, token: string): Promise<Answer> =>
  newVisitor().go(`${gateway.origin}/echo/staff`, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
    },
  });

interface Personal {
  readonly id: string;
  readonly token: string;
}

export async function tryMachines(stage: Stage): Promise<void> {
  await tryServiceAccount(stage);
  await tryPersonalToken(stage);
  await stage.ledger.check('bearer', 'an invented token, and one for another project: 401, invalid_token', async () => {
    const other = await fetchByKey(stage, need(stage, 'serviceKey'), '100000000000000001');
    for (const token of ['invented', other]) {
      const answer = await ask(stage, token);
      const isRefused = answer.status === 401 && /invalid_token/.test(answer.headers['www-authenticate'] ?? '');
      assert(isRefused, describeAnswer(answer));
    }
  });
}

async function userIdOf(stage: Stage): Promise<string> {
  return readText(parseJson(await readFile(need(stage, 'serviceKey'), 'utf8')), 'userId');
}

async function tryServiceAccount(stage: Stage): Promise<void> {
  const { ledger, instance, journal } = stage;
  await ledger.check('service account', 'JWT profile: a JWT with its role', async () => {
    const fetchToken = () => fetchByKey(stage, need(stage, 'serviceKey'), need(stage, 'projectId'));
    await assertTaken(stage, fetchToken, await userIdOf(stage));
  });
  await ledger.check('service account', 'client credentials: a JWT with its role', async () => {
    const userId = await userIdOf(stage);
    const { clientSecret } = await instance.rest('POST', `/v2/users/${userId}/secret`, {});
    const name = `${journal.record.name}-machine`;
    const fetchToken = () => fetchBySecret(stage, name, String(clientSecret), need(stage, 'projectId'));
    // A new secret is refused at first
    await onceTaken(stage.system, fetchToken);
    await assertTaken(stage, fetchToken, userId);
  });
}

async function tryPersonalToken(stage: Stage): Promise<void> {
  const { ledger, instance } = stage;
  const expirationDate = new Date((stage.system.now() + 3_600) * 1000).toISOString();
  let made: Personal | undefined;
  const personal = (): Personal => {
    if (!made) throw new Refuted('there is none');
    return made;
  };
  await ledger.check('personal access token', 'introspected by the API application’s key', async () => {
    const userId = await userIdOf(stage);
    const answer = await instance.rest('POST', `/v2/users/${userId}/pats`, { expirationDate });
    made = { id: readText(answer, 'tokenId'), token: readText(answer, 'token') };
    await assertTaken(stage, async () => personal().token, userId);
  });
  await ledger.check('introspection', 'by an API application’s secret', () =>
    introspectBySecret(stage, () => personal().token),
  );
  await ledger.check('personal access token', 'deleted: refused soon after', async () => {
    const { id, token } = personal();
    await instance.rest('DELETE', `/v2/users/${await userIdOf(stage)}/pats/${id}`);
    await waitUntil(
      stage,
      SOON,
      () => ask(stage, token),
      ({ status }) => status === 401,
    );
  });
}

async function introspectBySecret(stage: Stage, tokenOf: () => string): Promise<void> {
  const { instance, gateway } = stage;
  const made = await instance.connect(`${APPLICATION}/CreateApplication`, {
    projectId: need(stage, 'projectId'),
    name: 'Introspection by secret',
    apiConfiguration: { authMethodType: 'API_AUTH_METHOD_TYPE_BASIC' },
  });
  await gateway.restart({
    ZITADEL_API_KEY: '',
    ZITADEL_API_CLIENT_ID: readText(made, 'apiConfiguration', 'clientId'),
    ZITADEL_API_CLIENT_SECRET: readText(made, 'apiConfiguration', 'clientSecret'),
  });
  await assertTaken(stage, async () => tokenOf(), await userIdOf(stage));
  await gateway.restart();
}
