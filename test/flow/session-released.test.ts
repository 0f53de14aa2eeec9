// ARCHITECTURE §6 UserSessions: an object leaves nothing behind once all its sessions are forgotten.

import { expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';

it('an object whose last tombstone is lifted is given back to the platform', async () => {
  const harness = createHarness();
  const browser = harness.browser();
  await harness.signIn(browser, 'user', '/echo');
  await browser.navigate('/auth/logout');
  await harness.settle();
  expect([...harness.objects.storages.values()].some(({ isReleased }) => isReleased)).toBe(false);
  await harness.advance(2 * 43_200);
  for (const { entries, isReleased } of harness.objects.storages.values()) {
    expect([...entries.keys()]).toEqual([]);
    expect(isReleased).toBe(true);
  }
});
