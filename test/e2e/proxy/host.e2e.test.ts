// By which name the runtime calls an application: what can be done about Host, and that all the rest agrees with it.
// ARCHITECTURE §4 `UPSTREAM_HOST`; docs/host-and-origin.md says what these tests show.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf, OK } from './bytes-bed.ts';
import { type Forwarding, startForwarding } from './forwarding.ts';

const PUBLIC = 'http://localhost';
const FIELDS = `Origin: ${PUBLIC}\r\nReferer: ${PUBLIC}/bound/page?x=1\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example`;

const beds: Record<string, Forwarding> = {};
beforeAll(async () => {
  beds['upstream'] = await startForwarding();
  beds['public'] = await startForwarding({ upstreamHost: 'public', forwarded: true });
  beds['wiki.example'] = await startForwarding({ upstreamHost: 'wiki.example' });
});
afterAll(() => Promise.all(Object.values(beds).map((bed) => bed.dispose())));

async function sentTo(called: string, path: string, more = ''): Promise<Readonly<Record<string, string>>> {
  const bed = beds[called] as Forwarding;
  bed.answer(OK);
  await bed.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${FIELDS}\r\n${more}\r\n`, 300);
  const lines = headOf(bed.received()).slice(1);
  return Object.fromEntries(lines.map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]));
}

describe('over a URL, fetch writes its host into Host', () => {
  it('"upstream": Host, Origin and Referer are of the upstream', async () => {
    const sent = await sentTo('upstream', '/page');
    expect(sent['host']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(sent['origin']).toBe(`http://${sent['host']}`);
    expect(sent['referer']).toBe(`http://${sent['host']}/bound/page?x=1`);
    expect(sent['x-forwarded-host']).toBe('localhost');
    expect(sent['forwarded']).toBeUndefined();
  });

  it('"public": Origin, Referer and X-Forwarded-Host are of the site, Host can’t be', async () => {
    const sent = await sentTo('public', '/page');
    expect(sent['host']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(sent).toMatchObject({
      origin: PUBLIC,
      referer: `${PUBLIC}/bound/page?x=1`,
      'x-forwarded-host': 'localhost',
    });
    expect(sent['forwarded']).toBe('for=127.0.0.1;host="localhost";proto=http');
  });

  it('a name: so do Origin and Referer say, Host can’t be', async () => {
    const sent = await sentTo('wiki.example', '/page');
    expect(sent['host']).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(sent['origin']).toBe('http://wiki.example');
  });
});

describe('over a binding, Host is what the URL says', () => {
  it.each(['', 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'])(
    '"public": everything is of the site %j',
    async (more) => {
      const sent = await sentTo('upstream', '/bound/x', more);
      expect(sent).toMatchObject({ host: 'localhost', origin: PUBLIC, referer: `${PUBLIC}/bound/page?x=1` });
    },
  );
});

it('a WebSocket’s Origin agrees with Host', async () => {
  const upgrade =
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  const sent = await sentTo('upstream', '/chat', upgrade);
  expect(sent['upgrade']).toBe('websocket');
  expect(sent['origin']).toBe(`http://${sent['host']}`);
});
