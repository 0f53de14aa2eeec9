// The rotation of ZITADEL's signing keys: each new key is taken at once, and a sign-out survives the deletion of an old one.

import { type Json, readList, readText } from '../../zitadel-api/json.ts';
import { describeAnswer, type Visitor } from '../browser/visitor.ts';
import { assert, NotApplicable, Refuted } from '../ledger.ts';
import { isActiveKey, make, WEB_KEY } from '../world/instance.ts';
import { assertIdentity, need, type Stage } from '../world/stage.ts';
import { keyIdOf, readTokens } from '../world/tokens.ts';
import { signIn } from './sign-in.ts';
import { assertSignedOut } from './sign-out.ts';

const AREA = 'signing keys';

const KINDS: readonly (readonly [string, Json])[] = [
  ['RS512', { rsa: { bits: 'RSA_BITS_3072', hasher: 'RSA_HASHER_SHA512' } }],
  ['ES384', { ecdsa: { curve: 'ECDSA_CURVE_P384' } }],
  ['EdDSA', { ed25519: {} }],
  ['RS256', { rsa: { bits: 'RSA_BITS_2048', hasher: 'RSA_HASHER_SHA256' } }],
];

export async function tryKeys(stage: Stage): Promise<void> {
  const { ledger, gateway, instance } = stage;
  let before: Visitor | undefined;
  let visitor: Visitor | undefined;
  for (const [algorithm, kind] of KINDS) {
    await ledger.check(AREA, `rotation to ${algorithm}: the next sign-in is good`, async () => {
      assertMayRotate(stage);
      before ??= await signIn(stage, need(stage, 'ada'));
      const id = await rotate(stage, kind);
      visitor = await signIn(stage, need(stage, 'ada'));
      const used = keyIdOf((await readTokens(stage, visitor)).idToken);
      assert(used === id, `ZITADEL signs with ${used} still, not with ${id}`);
    });
  }
  await ledger.check(AREA, 'who was signed in before goes on', async () => {
    assertMayRotate(stage);
    if (!before) throw new Refuted('nobody was');
    assertIdentity(await before.go(`${gateway.origin}/echo/page`), need(stage, 'ada'), 'staff');
  });
  await ledger.check(
    AREA,
    'sign-out, with the ID token’s key deleted: nobody is stranded, the next visit asks',
    async () => {
      assertMayRotate(stage);
      if (!visitor) throw new Refuted('nobody is signed in');
      const old = keyIdOf((await readTokens(stage, visitor)).idToken);
      await activate(stage, stage.journal.record.formerKey ?? '');
      await instance.connect(`${WEB_KEY}/DeleteWebKey`, { id: old });
      const isLogoutPage = (url: URL) => url.searchParams.has('logout_token');
      const out = await visitor.follow(await visitor.go(`${gateway.origin}/auth/logout`), isLogoutPage);
      if (out.location) return 'Login V2 asks which session is to end, on its own page';
      assertSignedOut(stage, out);
      const next = await visitor.follow(await visitor.go(`${gateway.origin}/echo/page`));
      assert(next.url.origin === instance.issuer, `it signs in by itself: ${describeAnswer(next)}`);
    },
  );
}

function assertMayRotate({ mayRotateKeys }: Stage): void {
  if (!mayRotateKeys) throw new NotApplicable('the instance is in use: --rotate-keys allows it');
}

async function rotate({ instance, journal }: Stage, kind: Json): Promise<string> {
  const keys = readList(await instance.connect(`${WEB_KEY}/ListWebKeys`, {}), 'webKeys');
  await journal.rememberKey(readText(keys.find(isActiveKey), 'id'));
  const { id } = await make(journal, 'web key', 'id', () => instance.connect(`${WEB_KEY}/CreateWebKey`, kind));
  await activate({ instance }, id);
  return id;
}

const activate = ({ instance }: Pick<Stage, 'instance'>, id: string) =>
  instance.connect(`${WEB_KEY}/ActivateWebKey`, { id });
