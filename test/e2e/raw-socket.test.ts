// The built worker, and bytes that no HTTP client would send: the upstream never sees a second request or a forged header, and the
// gateway never answers 500. Where workerd itself answers, nothing of ours has run; on Cloudflare the edge stands before it.
// RFC 9112 §11.2.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { RAW_CASES } from './support/raw-cases.ts';
import { sendRaw } from './support/raw-request.ts';
import { type RecordingUpstream, startRecordingUpstream } from './support/recording-upstream.ts';

/** What stands behind the one request that a connection should have carried. */
function afterTheRequest(text: string): string {
  const end = text.indexOf('\r\n\r\n') + 4;
  const head = text.slice(0, end);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) return text.slice(end + Number(length));
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) return text.slice(end);
  let at = end;
  for (;;) {
    const [line = '', size = ''] = /^([0-9a-f]+)\r\n/i.exec(text.slice(at)) ?? [];
    expect(size).not.toBe('');
    at += line.length + Number.parseInt(size, 16) + 2;
    if (Number.parseInt(size, 16) === 0) return text.slice(at);
  }
}

describe('bytes on a socket', () => {
  let upstream: RecordingUpstream;
  let worker: RunningWorker;
  let cookie = '';
  let sub = '';

  beforeAll(async () => {
    upstream = await startRecordingUpstream();
    const ROUTES = [
      { path: '/page', access: 'public' },
      { path: '/bytes/*', access: 'public', paths: 'bytes' },
      { path: '/secret', roles: ['admin'] },
    ];
    worker = await startWorker({ upstream: upstream.origin, env: { ROUTES } });
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate('/private'));
    await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'user' }));
    cookie = `Cookie: ${[...(await browser.cookies())].map(([name, value]) => `${name}=${value}`).join('; ')}\r\n`;
    sub = ((await (await browser.fetch('/auth/userinfo')).json()) as { sub: string }).sub;
  });
  afterAll(async () => {
    await worker?.stop();
    await upstream?.close();
  });

  describe.each(['nobody', 'somebody signed in'])('of %s', (who) => {
    it.each(RAW_CASES)('$name: $outcome', async ({ bytes, outcome }) => {
      const { host } = new URL(worker.origin);
      const isSignedIn = who !== 'nobody';
      upstream.connections.length = 0;
      const hostLines = `Host: ${host}\r\n${isSignedIn ? cookie : ''}`;
      const statuses = await sendRaw(worker.origin, bytes.replaceAll('{H}', hostLines).replaceAll('{host}', host));

      const passes = outcome === 'passes' || (outcome === 'private' && isSignedIn);
      const last = statuses.at(-1) ?? 0;
      if (passes) expect(statuses[statuses[0] === 100 ? 1 : 0]).toBe(200);
      else if (outcome === 'runtime') expect(statuses).toEqual([500]);
      else expect(last === 501 || (last >= 400 && last < 500)).toBe(true);
      expect(upstream.connections.length).toBe(passes ? 1 : 0);
      for (const connection of upstream.connections) {
        expect(connection).toMatch(
          /^(GET|POST) (\/|\/page|\/private|\/\/evil\.example\/page|\/bytes\/caf%E9%c0%AF) HTTP\/1\.1\r\n/,
        );
        expect(connection).not.toContain('admin');
        const users = [...connection.matchAll(/^x.forwarded.user ?:(.*)\r$/gim)].map(([, user]) => user?.trim());
        const isBody = connection.includes('\r\n\r\nGET /secret');
        expect(users).toEqual([...(isSignedIn ? [sub] : []), ...(isBody ? ['nobody'] : [])]);
        expect(afterTheRequest(connection).replace(/^\r\n/, '')).toBe('');
      }
    });
  });

  describe('Cookie lines', () => {
    const own = () => /postern=[^;\r]+/.exec(cookie)?.[0] as string;
    /** `Cookie` at the upstream; undefined where nothing came through. */
    async function cookieAtUpstream(path: string, lines: readonly string[], more = ''): Promise<string[] | undefined> {
      upstream.connections.length = 0;
      const fields = lines.map((line) => `Cookie: ${line.replaceAll('{own}', own())}\r\n`).join('');
      const host = new URL(worker.origin).host;
      const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}${more}Connection: close\r\n\r\n`;
      const [status] = await sendRaw(worker.origin, request);
      expect([200, 401]).toContain(status);
      const [connection] = upstream.connections;
      expect(connection === undefined).toBe(status === 401);
      if (connection === undefined) return undefined;
      return [...connection.matchAll(/^cookie: (.*)\r$/gim)].map(([, value]) => value ?? '');
    }

    it.each<[string, string[]]>([
      ['behind a comma', ['theme=dark,{own}']],
      ['behind a comma and a blank', ['theme=dark, {own}; a=1']],
      ['behind a comma at the start', [',{own}']],
      ['behind a comma in quotes', ['theme="dark,{own}"']],
      ['on a line of its own, after another', ['a=1', '{own}']],
      ['on a line of its own, after an empty one', ['', 'a', '{own}']],
      ['in chunks behind commas', ['a=1,postern.0=2~x; b=1,postern.1=y']],
    ])('ours %s is nobody’s', async (_where, lines) => {
      expect(await cookieAtUpstream('/private', lines)).toBeUndefined();
    });

    it.each<[string, string[], string[]]>([
      ['alone', ['{own}'], []],
      ['between others', ['a=1,2; {own}; b=3'], ['a=1,2; b=3']],
      ['on the first line', ['{own}', 'a=1'], ['a=1']],
      ['behind a semicolon on a further line', ['a=1', 'b=2; {own}'], ['a=1; b=2']],
    ])('ours %s is a session, and stays here', async (_where, lines, kept) => {
      expect(await cookieAtUpstream('/private', lines)).toEqual(kept);
    });

    const BROWSER = 'Sec-Fetch-Site: none\r\n';
    it.each<[string, string[], string, string]>([
      ['several lines go up as one', ['a=1', 'b=2; c=3', 'd=4'], '', 'a=1; b=2; c=3; d=4'],
      ['a comma stays', ['theme=dark,blue; l="x, y"'], '', 'theme=dark,blue; l="x, y"'],
      ['of a browser every comma stays', ['theme=dark, sid=x; b=1'], BROWSER, 'theme=dark, sid=x; b=1'],
      ['of a browser no sealed value goes up', ['theme=dark,{own}; b=1'], BROWSER, 'theme=dark; b=1'],
      ['ours on a line of its own stays here', ['a=1', '{own}', 'b=2'], '', 'a=1; b=2'],
      ['bytes that are no UTF-8 stay as they are', ['a=\xe9; b="\xff, c"'], '', 'a=\xe9; b="\xff, c"'],
      ['beside ours such a cookie stays behind', ['a=\xe9; {own}; b=\xc3\xa9'], BROWSER, 'b=\xc3\xa9'],
    ])('%s', async (_what, lines, more, kept) => {
      expect(await cookieAtUpstream('/page', lines, more)).toEqual([kept]);
    });
  });

  it('nothing of it made the gateway’s own code answer 500', () => {
    // The runtime's own words about what it refused stand in between.
    const events = worker.logs.filter((line) => line.startsWith('{'));
    const statuses = events.map((line) => (JSON.parse(line) as { status?: number }).status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(RAW_CASES.length / 2);
    expect(statuses).not.toContain(500);
  });
});
