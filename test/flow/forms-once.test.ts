// A kept form is sent once, by this visitor alone, and nothing but a form of our own pages is kept.
// ARCHITECTURE §3 first row.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { type Form, formOf, lastReceived, OWN, send, sendAgain, signInFrom, unescaped } from './form-steps.ts';

describe('ARCHITECTURE §3: once', () => {
  it('the page leads to the address once the form is sent; a reload of what came after it does too', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const landed = await signInFrom(harness, browser, await send(browser));
    const { again } = await sendAgain(browser, landed);
    const reloaded = await send(browser, again);
    expect([reloaded.status, locationOf(reloaded)]).toEqual([303, `${ORIGIN}/guestbook?page=2`]);
    const back = await browser.navigate(landed);
    expect([back.status, locationOf(back)]).toEqual([302, `${ORIGIN}/guestbook?page=2`]);
    expect(harness.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('but a form that the application never got is sent by a reload', async () => {
    let isDown = true;
    const harness = createHarness({
      upstream: () => {
        if (isDown) throw new TypeError('connection refused');
        return new Response('ok');
      },
    });
    const browser = harness.browser();
    const landed = await signInFrom(harness, browser, await send(browser));
    const { again, response } = await sendAgain(browser, landed);
    expect(response.status).toBe(502);
    isDown = false;
    expect((await send(browser, again)).status).toBe(200);
    expect(new TextDecoder().decode((await lastReceived(harness)).bytes)).toBe('name=Ada');
    expect((await send(browser, again)).status).toBe(303);
  });

  it('not by another site, for another user, at another address, or with a token that was changed', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const landed = await signInFrom(harness, browser, await send(browser));
    const { body } = formOf(await (await browser.navigate(landed)).text());
    const token: Form = { type: 'text/plain', body };
    const other = harness.browser();
    await harness.signIn(other, 'staff');
    expect((await send(other, token)).status).toBe(303);
    expect((await send(browser, { ...token, body: body.replace('=ey', '=ex') })).status).toBe(303);
    harness.received.length = 0;
    await send(browser, { ...token, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } });
    expect((await lastReceived(harness)).request.headers.get('content-type')).toBe('text/plain');
    expect((await send(browser, { ...token, path: '/elsewhere' })).status).toBe(303);
    expect((await send(browser, { ...token, path: '/guestbook?page=2' })).status).toBe(303);
    expect(harness.received).toHaveLength(1);
  });
});

describe('ARCHITECTURE §3: what is not kept', () => {
  const cases: [string, Form][] = [
    ['a form of another site', { headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' } }],
    ['a form of a sibling', { headers: { 'sec-fetch-site': 'same-site', origin: 'https://x.example.com' } }],
    ['a form of nobody knows whom', { headers: { 'sec-fetch-site': '', origin: 'null' } }],
    ['what no form sends', { type: 'application/json', body: '{}' }],
  ];

  it.each(cases)('%s: said so, with a way to sign in; no login begins', async (_name, form) => {
    const harness = createHarness();
    const browser = harness.browser();
    const response = await send(browser, form);
    expect([response.status, response.headers.getSetCookie()]).toEqual([401, []]);
    expect(unescaped(await response.text())).toContain('/auth/login?return_to=%2Fguestbook%3Fpage%3D2');
    expect([...harness.objects.storages.keys()]).toEqual([]);
  });

  it('a script’s POST is 401, as everything but a navigation', async () => {
    const harness = createHarness();
    const response = await harness.browser().fetch('/guestbook', { method: 'POST', body: 'a=b', headers: OWN });
    expect(response.status).toBe(401);
  });

  it('the application’s own plain forms pass as they are', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    for (const body of ['', 'a=b\r\n', 'postern-form=\r\n', 'x'.repeat(5000)]) {
      await send(browser, { type: 'text/plain', body });
      expect(new TextDecoder().decode((await lastReceived(harness)).bytes)).toBe(body);
    }
  });
});

describe('the page that sends it again', () => {
  it('asks whoever is not signed in (any more) to sign in, and goes on', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const landed = await signInFrom(harness, browser, await send(browser));
    await harness.advance(3500);
    await harness.advance(200);
    const response = await browser.navigate(landed);
    expect(response.status).toBe(302);
    expect(locationOf(response)).toContain('/oauth/v2/authorize');
  });

  it('leads home with a token that is none', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    for (const query of ['', '?form=', '?form=junk', '?form=a.b.c.d.e']) {
      expect(locationOf(await browser.navigate(`/auth/resubmit${query}`))).toBe(`${ORIGIN}/`);
    }
  });

  it('has no script but the gateway’s own file', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const page = await browser.navigate(await signInFrom(harness, browser, await send(browser)));
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('<script src="/auth/resubmit.js" defer>');
    const script = await browser.fetch('/auth/resubmit.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
