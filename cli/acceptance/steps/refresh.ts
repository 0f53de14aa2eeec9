// New tokens by the refresh token, which ZITADEL makes anew at each use.

import type { Answer, Visitor } from '../browser/visitor.ts';
import { assertIdentity, need, type Stage, waitUntil } from '../world/stage.ts';
import { readTokens } from '../world/tokens.ts';
import { SOON } from './sign-out.ts';

/** Seconds that tokens are said to live, so that nobody has to wait for hours. */
const TOKEN_LIFE = 4;

/** The gateway is told that tokens live for seconds; ZITADEL's settings, which are everybody's, stay. */
export async function tryRefresh(stage: Stage, what: string, signInAda: () => Promise<Visitor>): Promise<void> {
  const { ledger, gateway } = stage;
  await ledger.check('refresh', `${what}: twice new tokens by the refresh token, which is new each time`, async () => {
    await gateway.restart({ ZITADEL_CLIENT_ID: need(stage, 'clientId') }, TOKEN_LIFE);
    const visitor = await signInAda();
    let { accessToken } = await readTokens(stage, visitor);
    for (let count = 0; count < 2; count += 1) {
      const ask = () => visitor.go(`${gateway.origin}/echo/tokens`);
      const isNew = ({ status, body }: Answer) => status !== 200 || !body.includes(accessToken);
      assertIdentity(await waitUntil(stage, TOKEN_LIFE + SOON, ask, isNew), need(stage, 'ada'), 'staff');
      ({ accessToken } = await readTokens(stage, visitor));
    }
  });
  await gateway.restart({ ZITADEL_CLIENT_ID: need(stage, 'clientId') });
}
