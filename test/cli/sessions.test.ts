// `npx postern sessions`: against the app behind a tiny HTTP server.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSessions } from '../../cli/sessions/command.ts';
import { createSystem } from '../../cli/support/this-system.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createSites, ORIGINS, signInAt } from '../sites/bed.ts';
import { createHarness } from '../support/harness.ts';

const OPERATOR_SECRET = 'c4e1a97d5b2f8063e9d4c7a1b5f20896d3e7c1a4b8f5029663d7e0a1c4b8f592';
const { admin } = SEED.users;
const harness = createHarness({ env: { OPERATOR_SECRET } });
let { app } = harness;
const server = createServer(async (incoming, outgoing) => {
  const headers = new Headers(incoming.headers as Record<string, string>);
  const answer = await app.fetch(
    new Request(`https://app.example.com${incoming.url}`, { method: incoming.method ?? 'GET', headers }),
  );
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
  outgoing.end(Buffer.from(await answer.arrayBuffer()));
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

async function run(args: string, secret: string | undefined = OPERATOR_SECRET, callbackUrl = `${url}/auth/callback`) {
  const lines: string[] = [];
  const errors: string[] = [];
  const system = {
    ...createSystem(),
    print: (line: string) => void lines.push(line),
    tell: (line: string) => void errors.push(line),
    hasColour: { print: false, tell: false },
    now: () => harness.clock.now,
    env: { OPERATOR_SECRET: secret },
  };
  const code = await runSessions(args === '' ? [] : args.split(' '), system, async () => ({ callbackUrl }));
  return { code, output: lines.join('\n'), errors: errors.join('\n') };
}

describe('npx postern sessions', () => {
  it('lists sessions, ends one, ends all', async () => {
    for (let device = 0; device < 3; device++) await harness.signIn(harness.browser(), 'admin');
    const { output } = await run(`--user ${admin}`);
    expect(output.split('\n')).toHaveLength(4);
    expect(output).toMatch(/^ID +DEVICE +PLACE +SIGNED IN +LAST SEEN +ENDS AT THE LATEST$/m);
    expect(output).toMatch(/^[0-9a-f]{32} +unknown browser +- +0 s ago +0 s ago +in 12 h$/m);
    const listed = JSON.parse((await run(`--user ${admin} --json --url ${url}`)).output) as {
      sessions: { id: string }[];
    };
    const id = listed.sessions[0]?.id ?? '';
    expect(await run(`--user ${admin} --end ${id}`)).toMatchObject({ code: 0, output: 'ended 1 session' });
    expect(await run(`--user ${admin} --end ${id}`)).toMatchObject({ code: 1, output: '' });
    expect(JSON.parse((await run(`--user ${admin} --end-all --json`)).output)).toEqual({ sub: admin, ended: 2 });
    expect(await run(`--user ${admin}`)).toMatchObject({ code: 0, output: `${admin} has no session` });
  });

  it('with several sites says the site of each, lists and ends those of one', async () => {
    const sites = createSites({ env: { OPERATOR_SECRET } });
    const browser = sites.browser();
    for (const origin of ORIGINS) await signInAt(sites, browser, `${origin}/`, admin);
    await sites.settle();
    app = sites.app;
    const lines = async (args: string) => (await run(`--user ${admin} ${args}`.trim())).output.split('\n');
    const all = await lines('');
    expect(all[0]).toMatch(/^ID +SITE +DEVICE /);
    for (const host of ['app.example.com', 'wiki.example.com', 'shop.example.net', 'pr-12.apps.example.com'])
      expect(all.filter((line) => line.includes(` ${host} `))).toHaveLength(1);
    expect(await lines('--site WIKI.example.com')).toHaveLength(2);
    expect(await lines('--site shop.example.net --end-all')).toEqual(['ended 1 session']);
    expect(await lines('--site app.example.com --end-all')).toEqual(['ended 1 session']);
    expect(await lines('--site nobody.example')).toEqual([`${admin} has no session`]);
    expect(await lines('--end-all')).toEqual(['ended 2 sessions']);
    app = harness.app;
    const single = await run(`--user ${admin} --site app.example.com --end-all`);
    expect(single).toMatchObject({ code: 1, errors: expect.stringContaining('leave --site out') });
  });

  it.each([
    ['', 2, '--user is missing'],
    ['--user x --end a --site wiki.example.com', 2, '--site is for --end-all'],
    ['--user x --site https://wiki.example.com', 2, '"wiki.example.com"'],
    ['--user x --end a --end-all', 2, 'exclude each other'],
    ['--user x --nonsense', 2, '--nonsense'],
    ['--user x --url ftp://x', 2, 'no address of a gateway'],
    ['--user x --url http://app.example.com', 2, 'https:// is wanted'],
    ['--user x --url http://127.0.0.1:1', 1, 'can’t be reached'],
    ['--user x --url http://127.1.2.3:1', 1, 'can’t be reached'],
  ])('%j exits with %i and says %j, without a stack trace', async (args, code, message) => {
    const result = await run(args);
    expect(result.code).toBe(code);
    expect(result.errors).toContain(message);
    expect(result.errors).not.toMatch(/^\s+at /m);
    expect(result.errors).not.toContain(OPERATOR_SECRET);
  });

  it('fails and says why: a wrong secret, another folder, no secret', async () => {
    expect(await run('--user x', 'wrong')).toMatchObject({ code: 1, errors: expect.stringContaining('401') });
    expect(await run(`--user x --url ${url}/elsewhere`)).toMatchObject({ code: 1 });
    expect(await run('--user x', '')).toMatchObject({ code: 1, errors: expect.stringContaining('OPERATOR_SECRET') });
  });

  it('--help exits with 0', async () =>
    expect(await run('--help')).toMatchObject({ code: 0, output: expect.stringContaining('--end-all') }));
});
