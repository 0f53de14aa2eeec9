// What must be refused, and how: without a session, with things that ZITADEL never said, at an address that nobody registered.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readList, readText } from '../../zitadel-api/json.ts';
import { describeAnswer } from '../browser/visitor.ts';
import { assert } from '../ledger.ts';
import { runOwn } from '../world/own-commands.ts';
import { asScript, need, newVisitor, type Stage } from '../world/stage.ts';

export async function tryErrors(stage: Stage): Promise<void> {
  const { ledger, gateway, instance } = stage;
  await ledger.check('errors', 'a script without a session: 401 that says where to sign in', async () => {
    const answer = await asScript(newVisitor(), `${gateway.origin}/echo/page`);
    assert(answer.status === 401 && answer.body.includes('login_url'), describeAnswer(answer));
  });
  await ledger.check('errors', 'a callback that nobody asked for makes no session', async () => {
    const visitor = newVisitor();
    await visitor.go(
      `${gateway.origin}/auth/callback?code=invented&state=invented&iss=${encodeURIComponent(instance.issuer)}`,
    );
    const answer = await asScript(visitor, `${gateway.origin}/auth/userinfo`);
    assert(answer.status === 401, describeAnswer(answer));
  });
  await ledger.check('errors', 'an invented code for a sign-in that was begun makes no session', async () => {
    const visitor = newVisitor();
    const first = await visitor.go(`${gateway.origin}/echo/page`);
    const state = first.location?.searchParams.get('state') ?? '';
    const answer = await visitor.go(`${gateway.origin}/auth/callback?code=invented&state=${encodeURIComponent(state)}`);
    assert(answer.status === 400 || answer.location?.origin === instance.issuer, describeAnswer(answer));
    const session = await asScript(visitor, `${gateway.origin}/auth/userinfo`);
    assert(session.status === 401, describeAnswer(session));
  });
  await ledger.check('errors', 'an invented logout token: 400', async () => {
    const form = new URLSearchParams({ logout_token: 'e30.e30.e30' });
    const answer = await newVisitor().go(`${gateway.origin}/auth/backchannel-logout`, { form });
    assert(answer.status === 400, describeAnswer(answer));
  });
  await ledger.check('errors', 'doctor finds an address that is not registered', async () => {
    need(stage, 'clientId');
    const text = await readFile(stage.config, 'utf8');
    const config = join(stage.journal.folder, 'elsewhere.toml');
    await writeFile(config, text.replaceAll(gateway.origin, 'http://localhost:1'));
    const { code, json } = await runOwn(stage.system, 'doctor', ['--config', config, '--json']);
    const failed = readList(json, 'findings').filter((each) => readText(each, 'status') === 'failed');
    const names = failed.map((each) => readText(each, 'check'));
    assert(code === 1 && names.includes('redirect URI'), `it finds only ${names.join(', ') || 'nothing'}`);
  });
}
