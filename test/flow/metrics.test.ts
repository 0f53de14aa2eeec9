// GET /auth/metrics: the operator's only, the sums of all isolates in Prometheus' text format.
// ARCHITECTURE §2.

import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createBed } from '../observability/counters.ts';
import { createHarness, OTHER_SECRET } from '../support/harness.ts';

function start(env: Record<string, unknown> = { OPERATOR_SECRET: OTHER_SECRET }) {
  const bed = createBed();
  const harness = createHarness({ env });
  const isolate = () => {
    const metrics = bed.isolate();
    return createApp({ ...harness.gateway, emit: metrics.emit, metrics });
  };
  const scrape = (app = isolate(), secret = OTHER_SECRET) =>
    app.fetch(
      new Request('https://app.example.com/auth/metrics', { headers: { authorization: `Bearer ${secret}` } }) as never,
    );
  return { ...bed, harness, isolate, scrape };
}

describe('GET /auth/metrics', () => {
  it('ARCHITECTURE §2: 404 while OPERATOR_SECRET is unset', async () => {
    const { scrape } = start({});
    expect((await scrape()).status).toBe(404);
  });

  it('ARCHITECTURE §2: where nothing is counted, 404 like every other of the gateway’s answers', async () => {
    const { harness } = start();
    const headers = { authorization: `Bearer ${OTHER_SECRET}` };
    const response = await harness.app.fetch(new Request('https://app.example.com/auth/metrics', { headers }));
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store']);
    expect(await response.json()).toMatchObject({ code: 'not_found' });
  });

  it.each(['', 'wrong', `${OTHER_SECRET}x`])('ARCHITECTURE §2: 401 without the secret (%s)', async (secret) => {
    const { scrape } = start();
    const response = await scrape(undefined, secret);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('shows what another isolate answered', async () => {
    const { isolate, harness, scrape, settle } = start();
    const browser = harness.browser(isolate());
    await harness.signIn(browser, 'admin', '/guestbook');
    await browser.navigate('/guestbook');
    await settle();
    const first = await (await scrape()).text();
    expect(first).toContain('postern_requests_total{endpoint="upstream",status="3xx",decision="sign-in: anonymous"');
    const other = isolate();
    await other.fetch(new Request('https://elsewhere.example/') as never);
    await settle();
    const response = await scrape();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const text = await response.text();
    expect(text).toContain('postern_refusals_total{code="misdirected"} 1\n');
    expect(text).not.toContain('249703111111111111');
    expect(text).not.toContain('guestbook');
  });

  it('503 while the object that sums is away', async () => {
    const { scrape, state } = start();
    state.isDown = true;
    expect((await scrape()).status).toBe(503);
  });

  it('promise 11: a repeated request of a signed-in visitor asks no store', async () => {
    const { isolate, harness, state, settle } = start();
    const browser = harness.browser(isolate());
    await harness.signIn(browser, 'admin', '/');
    await settle();
    const before = { handOvers: state.handOvers, calls: harness.objects.calls, reads: harness.kv.reads };
    for (let index = 0; index < 20; index++) await browser.navigate('/');
    await settle();
    expect({ handOvers: state.handOvers, calls: harness.objects.calls, reads: harness.kv.reads }).toEqual(before);
  });
});
