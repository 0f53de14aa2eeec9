// What holds for every application: who is let in, whom the application sees, and that it is over after the sign-out.

import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { sendHttp } from '../../test/support/http.ts';
import type { Scenario, Scene } from './application.ts';
import { PEOPLE } from './people.ts';

export const COMMON: readonly Scenario[] = [
  {
    says: 'a stranger is asked to sign in',
    async run({ context, origin, worker, application: { identity } }) {
      const page = await (await context()).newPage();
      await page.goto(origin + identity.path);
      equal(new URL(page.url()).origin, worker.zitadel.issuer);
      const { status } = await sendHttp(new Request(origin + identity.path));
      equal(status, 401);
    },
  },
  {
    says: 'it sees the right user, whatever the visitor’s own header fields say',
    async run(scene) {
      const context = await scene.context();
      await context.setExtraHTTPHeaders(forgedHeaders(scene));
      const page = await context.newPage();
      await scene.signIn(page, 'uma');
      await seesOnly(scene, page, 'uma');
    },
  },
  {
    says: 'whoever has no role is refused',
    async run({ context, signIn, origin, application: { identity } }) {
      const page = await (await context()).newPage();
      await signIn(page, 'noel');
      const answer = await page.goto(origin + identity.path);
      equal(answer?.status(), 403);
      ok((await page.textContent('body'))?.includes(PEOPLE.noel.name));
    },
  },
  {
    says: 'signed out it is closed, and open to the next one in the same browser as themselves',
    async run(scene) {
      const { origin, worker, application } = scene;
      const page = await scene.signedIn('uma');
      await seesOnly(scene, page, 'uma');
      const kept = await page.context().cookies();
      await page.goto(`${origin}/auth/logout`);
      await page.waitForURL((url) => url.origin === origin);
      await page.goto(origin + application.identity.path);
      equal(new URL(page.url()).origin, worker.zitadel.issuer);
      await isSoon(401, () => statusWith(origin + application.identity.path, kept));
      await scene.signIn(page, 'ada');
      await seesOnly(scene, page, 'ada');
    },
  },
];

async function seesOnly({ application: { identity }, origin }: Scene, page: Page, person: 'uma' | 'ada') {
  await page.goto(origin + identity.path);
  const [mine, other] = person === 'uma' ? [PEOPLE.uma, PEOPLE.ada] : [PEOPLE.ada, PEOPLE.uma];
  const wanted = identity.shows(mine);
  notEqual(wanted, identity.shows(other));
  if (identity.read === undefined) await page.getByText(wanted).first().waitFor();
  const seen = (await identity.read?.(page)) ?? (await page.textContent('body')) ?? '';
  deepEqual(
    { seen, mine: seen.includes(wanted), other: seen.includes(identity.shows(other)) },
    { seen, mine: true, other: false },
  );
}

/** Every name under which the application is told something, in each spelling that it could take for it. */
function forgedHeaders({ recipe }: Scene): Record<string, string> {
  const names = Object.keys(
    (recipe.variables()['IDENTITY_HEADERS'] as object | undefined) ?? { 'X-Forwarded-User': '' },
  );
  const { loginName } = PEOPLE.ada;
  return Object.fromEntries(
    names.flatMap((name) => [name, name.replaceAll('-', '_')].map((each) => [each, loginName])),
  );
}

/** A copy of the cookies, as somebody would use it who has taken them along. */
async function statusWith(url: string, cookies: readonly { name: string; value: string }[]): Promise<number> {
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  return (await sendHttp(new Request(url, { headers: { cookie } }))).status;
}

async function isSoon(wanted: number, ask: () => Promise<number>): Promise<void> {
  const end = Date.now() + 15_000;
  let status = await ask();
  while (status !== wanted && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    status = await ask();
  }
  equal(status, wanted);
}
