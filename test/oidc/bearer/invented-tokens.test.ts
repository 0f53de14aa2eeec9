// Invented tokens are cheap: impossible ones ask nobody, the others have a budget, and good ones pay for none of them.
// ARCHITECTURE §3; RFC 6585 §4, RFC 7662 §4.

import { describe, expect, it } from 'vitest';
import { BASIC, createBed, inventedNew, inventedOld } from './bed.ts';
import { ATTACKER, codeOf, mint } from './strangers-bed.ts';

describe('unknown tokens have a budget', () => {
  it.each([
    ['old', inventedOld],
    ['new', inventedNew],
  ])('one client’s %s inventions ask a few times, then it is told to wait', async (_kind, invent) => {
    const bed = createBed({ env: BASIC });
    const codes: string[] = [];
    for (let index = 0; index < 200; index++) codes.push(await codeOf(bed.judge(invent(index), { network: ATTACKER })));
    expect(bed.zitadel.calls.introspection).toBeLessThanOrEqual(20);
    expect(codes.at(-1)).toBe('too_many_requests');
    await expect(bed.judge(invent(999), { network: ATTACKER })).rejects.toMatchObject({ retryAfter: 3 });
  });

  it('at once they are no way around it', async () => {
    const bed = createBed({ env: BASIC });
    await Promise.all(
      Array.from({ length: 200 }, (_, at) => codeOf(bed.judge(inventedOld(at), { network: ATTACKER }))),
    );
    expect(bed.zitadel.calls.introspection).toBeLessThanOrEqual(20);
  });

  it('of many clients together, or of those that the edge names no address for, the isolate’s is the bound', async () => {
    for (const networkOf of [(at: number) => `198.51.100.${at}`, () => undefined]) {
      const bed = createBed({ env: BASIC });
      let last = '';
      for (let at = 0; at < 300; at++) last = await codeOf(bed.judge(inventedOld(at), { network: networkOf(at) }));
      expect(bed.zitadel.calls.introspection).toBeLessThanOrEqual(100);
      expect(last).toBe('provider_unavailable');
    }
  });

  it('others’ new tokens are judged meanwhile, and the client’s own once it has waited', async () => {
    const bed = createBed({ env: BASIC });
    for (let at = 0; at < 100; at++) await codeOf(bed.judge(inventedOld(at), { network: ATTACKER }));
    expect(await codeOf(bed.judge(await mint(bed), { network: '198.51.100.1' }))).toBe('caller');
    const own = await mint(bed);
    expect(await codeOf(bed.judge(own, { network: ATTACKER }))).toBe('too_many_requests');
    bed.clock.now += 3;
    expect(await codeOf(bed.judge(own, { network: ATTACKER }))).toBe('caller');
  });

  it('good ones give back what they took: hundreds of machines behind one address are all judged', async () => {
    const bed = createBed({ env: BASIC });
    for (let at = 0; at < 150; at++) {
      expect(await codeOf(bed.judge(await mint(bed), { network: ATTACKER }))).toBe('caller');
    }
  });

  it.each([
    ['behind one address', () => ATTACKER],
    ['of many networks', (at: number) => `198.51.100.${at}`],
    ['of clients without an address', () => undefined],
  ])('nor does it matter that they come at once, as they do to a new isolate: %s', async (_where, networkOf) => {
    const bed = createBed({ env: BASIC });
    const tokens = await Promise.all(Array.from({ length: 250 }, () => mint(bed)));
    const codes = await Promise.all(tokens.map((token, at) => codeOf(bed.judge(token, { network: networkOf(at) }))));
    expect(new Set(codes)).toEqual(new Set(['caller']));
  });

  it('good ones among inventions that come at once wait no longer than these are asked about', async () => {
    const bed = createBed({ env: BASIC });
    const own = await mint(bed);
    const codes = await Promise.all(
      [...Array.from({ length: 200 }, (_, at) => inventedOld(at)), own].map((token) =>
        codeOf(bed.judge(token, { network: ATTACKER })),
      ),
    );
    expect(bed.zitadel.calls.introspection).toBe(20);
    expect(codes.at(-1)).toBe('too_many_requests');
  });

  it('a network that good tokens come from is asked about its next one, whatever all others send', async () => {
    const bed = createBed({ env: BASIC });
    const flood = async () => {
      for (let at = 0; at < 150; at++) await codeOf(bed.judge(inventedOld(at), { network: `198.51.100.${at}` }));
    };
    const first = await mint(bed);
    await bed.judge(first, { network: '203.0.113.1' });
    bed.clock.now += 3_000;
    // It is asked about again, and its network counts as known for another hour.
    expect(await codeOf(bed.judge(first, { network: '203.0.113.1' }))).toBe('caller');
    bed.clock.now += 3_000;
    await flood();
    expect(await codeOf(bed.judge(await mint(bed), { network: '203.0.113.1' }))).toBe('caller');
    expect(await codeOf(bed.judge(await mint(bed), { network: '203.0.113.2' }))).toBe('provider_unavailable');
    const codes: string[] = [];
    for (let at = 200; at < 230; at++) codes.push(await codeOf(bed.judge(inventedOld(at), { network: '203.0.113.1' })));
    expect(codes.filter((code) => code === 'refused').length).toBeLessThanOrEqual(20);
    expect(codes.at(-1)).toBe('too_many_requests');
    bed.clock.now += 3_601;
    await flood();
    expect(await codeOf(bed.judge(await mint(bed), { network: '203.0.113.1' }))).toBe('provider_unavailable');
  });

  it.each([
    ['with', 'without', (at: number) => `198.51.100.${at}`, undefined],
    ['without', 'with', () => undefined, '203.0.113.1'],
  ])('what clients %s an address send leaves those %s one theirs', async (_some, _others, networkOf, network) => {
    const bed = createBed({ env: BASIC });
    for (let at = 0; at < 150; at++) await codeOf(bed.judge(inventedOld(at), { network: networkOf(at) }));
    expect(await codeOf(bed.judge(await mint(bed), { network }))).toBe('caller');
  });

  it('what was good once is no stranger when it is asked about again, in the midst of a flood', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token, { network: ATTACKER });
    bed.clock.now += 600;
    for (let at = 0; at < 300; at++) await codeOf(bed.judge(inventedOld(at), { network: `198.51.100.${at}` }));
    for (let at = 0; at < 50; at++) await codeOf(bed.judge(inventedOld(at), { network: ATTACKER }));
    const asked = bed.zitadel.calls.introspection;
    expect(await codeOf(bed.judge(token, { network: ATTACKER }))).toBe('caller');
    expect(bed.zitadel.calls.introspection).toBe(asked + 1);
  });

  it('what turned out bad is a stranger again', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token, { network: ATTACKER });
    bed.zitadel.deactivateUser('admin');
    bed.clock.now += 60;
    expect(await codeOf(bed.judge(token, { network: ATTACKER }))).toBe('refused');
    bed.clock.now += 5;
    for (let at = 0; at < 30; at++) await codeOf(bed.judge(inventedOld(at), { network: ATTACKER }));
    expect(await codeOf(bed.judge(token, { network: ATTACKER }))).toBe('too_many_requests');
  });

  it('a JWT is judged without asking, and without a budget', async () => {
    const bed = createBed({ env: BASIC });
    for (let at = 0; at < 30; at++) await codeOf(bed.judge(inventedOld(at), { network: ATTACKER }));
    expect(await codeOf(bed.judge(await mint(bed, { jwt: true }), { network: ATTACKER }))).toBe('caller');
  });
});
