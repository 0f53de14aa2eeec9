// ARCHITECTURE §4: X-Forwarded-Actor, who acts in the user's place when ZITADEL says so.

import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

it('an actor named in the ID token is told to the upstream, also after claims have been read again', async () => {
  const harness = createHarness();
  harness.zitadel.tamper.idToken = (claims, header) => ({
    claims: { ...claims, act: { sub: 'support-agent' } },
    header,
  });
  const browser = harness.browser();
  await harness.signIn(browser, 'user', '/echo');
  expect(harness.received.at(-1)?.headers.get('x-forwarded-actor')).toBe('support-agent');
  await harness.advance(301);
  await browser.navigate('/echo');
  expect(harness.zitadel.calls.userinfo).toBe(2);
  expect(harness.received.at(-1)?.headers.get('x-forwarded-actor')).toBe('support-agent');
});
