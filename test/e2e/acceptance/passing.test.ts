// ARCHITECTURE §4: what passes as it came, and what never reaches the visitor, from outside.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, type BlackBox, type Visitor } from './support/gateway.ts';
import { plainly } from './support/recorder.ts';
import { openUpstreamBox } from './upstream-bed.ts';

let box: BlackBox;
let user: Visitor;
beforeAll(async () => {
  ({ box, user } = await openUpstreamBox());
});
afterAll(() => box.stop());
beforeEach(() => {
  box.application.received.length = 0;
  box.application.answer = plainly;
});

describe('what passes to the upstream as it came', () => {
  it.each([
    '/a%20b/%C3%A9?x=%zz&y=a+b&&=',
    '/A/b%2Fc?next=https://x/?y',
    '/x/y?%E4%F6%00',
    "/a;v=1/b,c/d:e@f!$&'()*+=~?q=1?2",
    '/trailing/?',
    '/q?a=\'"<>`{}|^',
  ])('%s byte for byte', async (target) => {
    await user.fetch(target);
    const expected = new URL(target, box.origin);
    expect(box.application.last().target).toBe(expected.pathname + (target.endsWith('?') ? '?' : expected.search));
  });

  it('a body and its type', async () => {
    const body = 'a=1&b=%E4&a=2';
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: box.origin };
    await user.fetch('/page', { method: 'POST', headers, body });
    expect(box.application.last().body).toBe(body);
    expect(box.application.last().header('content-type')).toBe(headers['content-type']);
    expect(box.application.last().header('content-length')).toBe(String(body.length));
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'REPORT', 'OPTIONS', 'HEAD'])('%s', async (method) => {
    await user.fetch('/page', { method });
    expect(box.application.last().method).toBe(method);
  });

  it('Authorization of another scheme on a protected route', async () => {
    await user.fetch('/page', { headers: { authorization: 'Basic dXNlcjpwYXNz' } });
    expect(box.application.last().header('authorization')).toBe('Basic dXNlcjpwYXNz');
  });
});

describe('what never reaches the visitor', () => {
  it('a Set-Cookie of the upstream under one of the gateway’s names', async () => {
    const own = [
      '__Host-postern=x; Path=/; Secure',
      '__Host-postern.0=x',
      '__Host-postern-tx-abc=x',
      '__HOST-POSTERN=x',
      ' __Host-postern=x',
      '__Host-postern =x',
    ];
    box.application.answer = (_, response) => {
      response.setHeader('set-cookie', [...own, 'sessionid=1; HttpOnly', 'theme=dark']);
      response.end('ok');
    };
    for (const path of ['/page', '/public/x']) {
      const answer = await user.fetch(path);
      expect(answer.cookies.filter((line) => /postern/i.test(line))).toEqual([]);
      expect(answer.cookies).toEqual(['sessionid=1; HttpOnly', 'theme=dark']);
    }
    expect((await user.fetch('/auth/userinfo')).status).toBe(200);
  });

  it.each(['location', 'content-location'])('a redirect to the private origin (%s)', async (name) => {
    box.application.answer = (_, response) => {
      response.writeHead(302, { [name]: `${box.application.origin}/next?x=1#y` });
      response.end();
    };
    const answer = await user.fetch('/page');
    expect(answer.headers.get(name) ?? '').not.toContain(new URL(box.application.origin).host);
    if (name === 'location') expect(new URL(addressOf(answer), box.origin).href).toBe(`${box.origin}/next?x=1#y`);
  });

  it('a redirect elsewhere stands', async () => {
    box.application.answer = (_, response) => {
      response.writeHead(302, { location: 'https://elsewhere.example/a' });
      response.end();
    };
    expect(addressOf(await user.fetch('/page'))).toBe('https://elsewhere.example/a');
  });

  it.each([
    ['public, max-age=600', '/page'],
    ['s-maxage=600', '/page'],
    ['max-age=600', '/page'],
    ['', '/page'],
    ['public, max-age=600, stale-while-revalidate=9', '/public/x'],
    ['immutable', '/public/x'],
    ['"private"', '/page'],
    ['private="x-a", public', '/page'],
  ])('a response to a signed-in user that a shared cache may keep: "%s" on %s', async (value, path) => {
    box.application.answer = (_, response) => {
      if (value !== '') response.setHeader('cache-control', value);
      for (const name of ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control'])
        response.setHeader(name, 'max-age=600');
      response.setHeader('expires', new Date(Date.now() + 1e6).toUTCString());
      response.end('ok');
    };
    const answer = await user.fetch(path);
    const directives = (answer.headers.get('cache-control') ?? '').split(',').map((part) => part.trim());
    expect(directives.some((part) => part === 'private' || part === 'no-store')).toBe(true);
    expect(directives).not.toContain('public');
    expect(directives.join()).not.toContain('s-maxage');
    for (const name of ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control']) {
      expect(answer.headers.get(name) ?? 'no-store').toMatch(/private|no-store/);
    }
  });

  it('an anonymous answer of a public route stays cacheable', async () => {
    box.application.answer = (_, response) => {
      response.setHeader('cache-control', 'public, max-age=600');
      response.end('ok');
    };
    const answer = await box.visitor().fetch('/public/x');
    expect(answer.headers.get('cache-control')).toContain('max-age=600');
  });

  it('hop-by-hop headers of the upstream', async () => {
    box.application.answer = (_, response) => {
      response.setHeader('proxy-authenticate', 'Basic');
      response.setHeader('x-hop', '1');
      response.setHeader('connection', 'x-hop');
      response.end('ok');
    };
    const answer = await user.fetch('/page');
    expect(answer.headers.get('proxy-authenticate')).toBeNull();
    expect(answer.headers.get('x-hop')).toBeNull();
  });
});

describe('SECURITY_HEADERS', () => {
  it('leaves a header that the application has set as it is', async () => {
    box.application.answer = (_, response) => {
      response.setHeader('referrer-policy', 'unsafe-url');
      response.setHeader('strict-transport-security', 'max-age=1');
      response.end('ok');
    };
    const answer = await user.fetch('/page');
    expect(answer.headers.get('referrer-policy')).toBe('unsafe-url');
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=1');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
