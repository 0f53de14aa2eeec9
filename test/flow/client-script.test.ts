// GET /auth/client.js and the page where its small window ends. What the script does: test/e2e/browser-client.test.ts.
// ARCHITECTURE §2.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clientScript } from '../../src/pages/client-script.ts';
import { LANGUAGES, wordingFor } from '../../src/pages/languages.ts';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { comeBack, expectOwnHeaders } from './steps.ts';

describe('GET /auth/client.js', () => {
  it('is a script under 4 KB, 2 KB compressed, in the visitor’s language, for anybody', async () => {
    const harness = createHarness();
    const response = await harness.browser().fetch('/auth/client.js', { headers: { 'accept-language': 'de' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expectOwnHeaders(response);
    const text = await response.text();
    expect(new TextEncoder().encode(text).length).toBeLessThan(4096);
    expect(gzipSync(text).length).toBeLessThan(2048);
    expect(text).toContain((await wordingFor('de')).messages.staySignedIn);
    expect(text).toContain(`"${ORIGIN}/auth/"`);
  });

  it.each(LANGUAGES)('parses, and is under 4 KB: %s', async (language) => {
    const { signedOut, signIn, staySignedIn, endsAt } = (await wordingFor(language)).messages;
    const text = clientScript('https://app.example.com/auth/', [signedOut, signIn, staySignedIn, endsAt]);
    expect(() => new Function(text)).not.toThrow();
    expect(new TextEncoder().encode(text).length).toBeLessThan(4096);
  });

  it('what the configuration holds can’t break out of it', () => {
    const text = clientScript('https://app.example.com/");alert(1)//', ['"', '\\', '`', '</script>']);
    expect(() => new Function(text)).not.toThrow();
    expect(text).toContain('"https://app.example.com/\\");alert(1)//"');
  });
});

describe('the end of a sign-in in a small window', () => {
  it('is a page of ours that keeps its opener and has one script file', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const toProvider = await browser.navigate(`/auth/login?return_to=${ORIGIN}/auth/done`);
    const url = await harness.zitadel.signIn({ authorizeUrl: locationOf(toProvider), user: 'user' });
    const back = await comeBack(browser, url);
    // A redirect that isolated the window would cut it from the page that waits.
    expect(back.headers.get('cross-origin-opener-policy')).toBeNull();
    expect(locationOf(back)).toBe(`${ORIGIN}/auth/done`);
    const page = await browser.navigate('/auth/done');
    expect(page.status).toBe(200);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('unsafe-none');
    expectOwnHeaders(page);
    expect(await page.text()).toContain('<script src="/auth/done.js" defer>');
    expect(await (await browser.fetch('/auth/done.js')).text()).toContain("BroadcastChannel('postern')");
  });

  it('userinfo tells when the session ends, and asking does not put it off', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    const ends = async () => {
      const response = await browser.fetch('/auth/userinfo');
      return ((await response.json()) as { session: { idle_expires_at: number } }).session.idle_expires_at;
    };
    const first = await ends();
    await harness.advance(1800);
    expect(await ends()).toBe(first);
    await browser.fetch('/', { method: 'HEAD', headers: { 'x-postern-activity': 'background' } });
    expect(await ends()).toBe(first);
    await browser.fetch('/', { method: 'HEAD' });
    expect(await ends()).toBe(first + 1800);
  });

  it('RFC 9110 §6.6.1 userinfo says what time it is here, signed in or not', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const time = async () => Date.parse((await browser.fetch('/auth/userinfo')).headers.get('date') ?? '') / 1000;
    expect(await time()).toBe(harness.clock.now);
    await harness.signIn(browser, 'user');
    await harness.advance(100);
    expect(await time()).toBe(harness.clock.now);
  });
});
