// A form that was kept for a stranger is sent by itself only where the browser is known by more than cookies, which can be planted.
// ARCHITECTURE §3 first row; docs/security-model.md.

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';
import { OWN, send, signInFrom } from './form-steps.ts';
import { isSignedIn } from './steps.ts';

const from = (address: string) => ({ 'cf-connecting-ip': address });

describe('a form that was kept for a stranger', () => {
  const other = { 'user-agent': 'Mozilla/5.0 (another)' };
  const UA = { 'user-agent': 'Mozilla/5.0 (one)', 'accept-language': 'en', ...from('203.0.113.7') };

  it.each<[string, Record<string, string>, waits: boolean]>([
    ['the browser that sent it', {}, false],
    ['another browser', other, true],
    ['another address', from('203.0.113.8'), true],
    ['another language', { 'accept-language': 'de' }, true],
    ['a browser that says less', { 'user-agent': '' }, true],
  ])(
    '%s: is shown with its target and waits, but for a browser known beyond its cookies',
    async (_who, traits, waits) => {
      const harness = createHarness();
      const browser = harness.browser();
      const landed = await signInFrom(harness, browser, await send(browser, { headers: { ...OWN, ...UA } }));
      const page = await (await browser.navigate(landed, { headers: { ...UA, ...traits } })).text();
      expect(page.includes('resubmit.js')).toBe(!waits);
      expect(page.includes('<code><bdi>/guestbook?page=2</bdi></code>')).toBe(waits);
      expect(page).toContain('postern-form');
    },
  );

  it('planted with the cookie of an attacker’s login, it is not sent by itself', async () => {
    const harness = createHarness();
    const attacker = harness.browser();
    const toProvider = await send(attacker, { path: '/transfer?to=attacker', headers: { ...OWN, ...other } });
    const victim = harness.browser();
    for (const [name, value] of await attacker.cookies())
      await victim.jar.setCookie(`${name}=${value}; Path=/; Secure`, `${ORIGIN}/`);
    const callback = await harness.zitadel.signIn({ authorizeUrl: locationOf(toProvider), user: 'admin' });
    const landed = locationOf(await victim.navigate(callback, { headers: UA }));
    expect(await isSignedIn(victim)).toBe(true);
    const page = await (await victim.navigate(landed, { headers: UA })).text();
    expect(page).not.toContain('<script');
    expect(page).toContain('/transfer?to=attacker');
    expect(harness.received.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('is sent by itself to whose session had ended, wherever they are now', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    await harness.signIn(browser, 'user');
    await harness.advance(3601);
    const landed = await signInFrom(harness, browser, await send(browser, { headers: { ...OWN, ...UA } }));
    expect(await (await browser.navigate(landed, { headers: other })).text()).toContain('resubmit.js');
  });
});
