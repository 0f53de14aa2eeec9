// A path that is no UTF-8, or very long, from the visitor through a sign-in to the application: the same bytes.
// docs/routes.md "Paths that are no UTF-8".

import { describe, expect, it } from 'vitest';
import { locationOf } from '../support/browser.ts';
import { ask, createCheckHarness } from './asking.ts';

const ROUTES = [
  { path: '/old/admin/*', roles: ['admin'], paths: 'bytes' },
  { path: '/old/*', paths: 'bytes' },
  { path: '/up/*', paths: 'bytes', strip_prefix: true, upstream: 'https://old.internal/base' },
  { path: '/café/*', paths: 'bytes', strip_prefix: true },
  { path: '/new/*' },
];
const EMBEDDED = `/new/proxy/${encodeURIComponent(`https://example.com/${'some/page/'.repeat(530)}?q=1#x`)}`;

describe('the same bytes', () => {
  it.each([
    ['Latin-1', '/old/caf%E9', '/old/caf%E9'],
    ['in either case, with a query', '/old/%e9%C0%Af/%93x%94?q=%E9', '/old/%e9%C0%Af/%93x%94?q=%E9'],
    ['7,350 bytes of it', `/old/${'caf%E9/'.repeat(1050)}`, `/old/${'caf%E9/'.repeat(1050)}`],
    ['without its prefix', '/up/caf%E9', '/base/caf%E9'],
    ['without a prefix in Latin-1', '/caf%E9/%FF', '/%FF'],
    ['without a prefix in UTF-8', '/caf%C3%A9/x', '/x'],
    ['7,500 bytes with a URL in it', EMBEDDED, EMBEDDED],
  ])('after a sign-in, and again: %s', async (_what, path, sent) => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    const first = await harness.signIn(browser, 'staff', path);
    // An address that is too long for a cookie takes one step more.
    const page = first.status === 302 ? await browser.navigate(locationOf(first)) : first;
    expect(page.status).toBe(200);
    expect(await page.json()).toMatchObject({ path: sent });
    expect(await (await browser.fetch(path)).json()).toMatchObject({ path: sent });
  });

  it('is judged by every reading, and 400 where a rule does not take it', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'staff', '/old/x');
    const before = harness.received.length;
    const statusOf = async (path: string) => (await browser.fetch(path)).status;
    expect(await statusOf('/old/ad%FFmin/x')).toBe(403);
    expect(await statusOf('/old/x/..%C0%AFadmin')).toBe(403);
    expect(await statusOf('/new/caf%E9')).toBe(400);
    expect(await statusOf('/caf%E9x')).toBe(400);
    expect(harness.received).toHaveLength(before);
  });

  it('a proxy that asks gets the same verdicts', async () => {
    const harness = createCheckHarness({ env: { ROUTES } });
    const browser = harness.browser();
    await harness.signIn(browser, 'staff', '/old/x');
    const verdict = async (uri: string) => (await ask(browser, { uri })).status;
    expect(await verdict('/old/caf%E9')).toBe(204);
    expect(await verdict('/old/ad%FFmin/x')).toBe(403);
    expect(await verdict('/new/caf%E9')).toBe(403);
  });
});
