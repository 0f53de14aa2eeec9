// Forms that were sent without a session, or with one that had ended: kept over the login, sent again after it.
// ARCHITECTURE §3 first row.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN, UPSTREAM } from '../support/harness.ts';
import { LIMIT, lastReceived, OWN, send, sendAgain, signInFrom, URLENCODED, unescaped } from './form-steps.ts';

describe('ARCHITECTURE §3: a same-origin form without a session', () => {
  const binary = Uint8Array.from({ length: 256 }, (_, index) => index);
  const multipart = new Uint8Array([
    ...new TextEncoder().encode('--b0\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n'),
    ...binary,
    ...new TextEncoder().encode('\r\n--b0--\r\n'),
  ]);
  const cases: [string, string, string | Uint8Array<ArrayBuffer>][] = [
    ['urlencoded', URLENCODED, 'name=Ada&text=a%20b+c%E9&submit=&action=x'],
    ['urlencoded and empty', URLENCODED, ''],
    ['multipart with a file of all bytes', 'multipart/form-data; boundary=b0', multipart],
    ['plain', 'text/plain', 'name=Ada Moreau\r\ntext=\xe9\r\n'],
  ];

  it.each(cases)('%s arrives after it byte for byte, at the same address', async (_name, type, body) => {
    const harness = createHarness();
    const browser = harness.browser();
    const landed = await signInFrom(harness, browser, await send(browser, { type, body }));
    expect(harness.received).toEqual([]);
    const { response } = await sendAgain(browser, landed);
    expect(response.status).toBe(200);
    const { request, bytes } = await lastReceived(harness);
    expect([request.method, request.url]).toEqual(['POST', `${UPSTREAM}/guestbook?page=2`]);
    expect(request.headers.get('content-type')).toBe(type);
    expect(bytes).toEqual(typeof body === 'string' ? new TextEncoder().encode(body) : body);
    // It is called by its own name, and so are our pages.
    expect(request.headers.get('origin')).toBe(UPSTREAM);
    expect(request.headers.get('referer')).toBe(OWN.referer.replace(ORIGIN, UPSTREAM));
    expect(request.headers.get('x-forwarded-user')).toBeTruthy();
  });

  it('of exactly 1 MB is kept', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const body = new Uint8Array(LIMIT).map((_, index) => index % 251);
    const type = 'multipart/form-data; boundary=b0';
    await sendAgain(browser, await signInFrom(harness, browser, await send(browser, { type, body })));
    const { bytes } = await lastReceived(harness);
    expect(Buffer.compare(bytes, body)).toBe(0);
    for (const { entries } of harness.objects.storages.values()) {
      for (const value of entries.values()) expect(JSON.stringify(value).length).toBeLessThan(2_000_000);
    }
  });

  it.each(['announced', 'unannounced'])(
    'of more, %s, is answered 413 before the sign-in, with a way to sign in beside it',
    async (kind) => {
      const harness = createHarness();
      const body = new Uint8Array(LIMIT + 1);
      const length = kind === 'announced' ? String(LIMIT + 1) : '';
      const response = await send(harness.browser(), { body, headers: { ...OWN, 'content-length': length } });
      expect(response.status).toBe(413);
      const page = await response.text();
      expect(page).toContain('target="_blank"');
      expect(unescaped(page)).toContain('/auth/login?return_to=%2Fguestbook%3Fpage%3D2');
      expect([...harness.objects.storages.keys()]).toEqual([]);
    },
  );

  it('is kept with a type of 256 characters, and nothing of it with a longer one', async () => {
    const typeOf = (length: number) => 'multipart/form-data; boundary='.padEnd(length, 'b');
    const harness = createHarness();
    await send(harness.browser(), { type: typeOf(256), body: '--' });
    expect(harness.objects.storages.size).toBe(1);
    const other = createHarness();
    expect((await send(other.browser(), { type: typeOf(257), body: '--' })).status).toBe(401);
    expect(other.objects.storages.size).toBe(0);
  });

  it('is sealed in an object of its own, and no cookie grows with it', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await send(browser, { body: `secret=${'s3cr3t'.repeat(2000)}` });
    const names = [...harness.objects.storages.keys()];
    expect(names).toEqual([expect.stringMatching(/^form:[0-9a-f]{64}$/)]);
    expect(JSON.stringify([...(harness.objects.storages.get(names[0] as string)?.entries ?? [])])).not.toContain(
      's3cr3t',
    );
    for (const [name, value] of await browser.cookies()) expect(name.length + value.length).toBeLessThan(1000);
  });

  it('is forgotten when the login’s time is over', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await send(browser);
    const [storage] = [...harness.objects.storages.values()];
    expect(storage?.entries.size).toBe(2);
    await harness.advance(3601);
    expect(storage?.entries.size).toBe(0);
  });

  it('survives the end of the session it was written in', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await harness.advance(3601);
    const landed = await signInFrom(harness, browser, await send(browser));
    await sendAgain(browser, landed);
    expect(new TextDecoder().decode((await lastReceived(harness)).bytes)).toBe('name=Ada');
  });

  it('of somebody whose session ended is not sent in another’s name: then it is the page that is left', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await harness.advance(3601);
    const landed = await signInFrom(harness, browser, await send(browser), 'staff');
    expect(locationOf(await browser.navigate(landed))).toBe(`${ORIGIN}/guestbook?page=2`);
    // Not by hand either.
    const token = new URL(landed).searchParams.get('form');
    const response = await send(browser, { type: 'text/plain', body: `postern-form=${token}\r\n` });
    expect(response.status).toBe(303);
    expect(harness.received.map(({ method }) => method)).not.toContain('POST');
  });

  it('survives a step-up, alone and on top of a login', async () => {
    const env = { ROUTES: [{ path: '/guestbook/*', amr: ['mfa'] }] };
    const harness = createHarness({ env });
    const browser = harness.browser();
    const landed = await signInFrom(harness, browser, await send(browser));
    const { response } = await sendAgain(browser, landed);
    const steppedUp = await signInFrom(harness, browser, response, 'user', true);
    await sendAgain(browser, steppedUp);
    const { request, bytes } = await lastReceived(harness);
    expect(request.headers.get('content-type')).toBe(URLENCODED);
    expect(new TextDecoder().decode(bytes)).toBe('name=Ada');
  });
});
