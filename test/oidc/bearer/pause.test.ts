// ZITADEL asks for a pause: what goes on meanwhile, and who asks first afterwards. RFC 9110 §10.2.3.

import { describe, expect, it } from 'vitest';
import { BASIC, type Bed, callerOf, createBed, inventedOld } from './bed.ts';
import { ATTACKER, codeOf, mint } from './strangers-bed.ts';

describe('through a pause', () => {
  const pauseFor = (bed: Bed, seconds: number) =>
    bed.zitadel.faults.set('introspection', { status: 429, headers: { 'retry-after': String(seconds) } });

  async function paused(seconds = 60) {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    bed.clock.now += 30;
    pauseFor(bed, seconds);
    expect(await codeOf(bed.judge(inventedOld(0)))).toBe('provider_unavailable');
    bed.zitadel.calls.reset();
    return { bed, token };
  }

  it('remembered good tokens go on, to its end, and nobody is asked', async () => {
    const { bed, token } = await paused();
    for (const wait of [0, 29, 30]) {
      bed.clock.now += wait;
      expect(callerOf(await bed.judge(token)).via).toBe('bearer');
      expect(callerOf(await bed.judge(token, { maxAge: 0 })).via).toBe('bearer');
      if (wait < 30) expect(bed.zitadel.calls.introspection).toBe(0);
    }
  });

  it('also where their own question is the one that is told to wait', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    await bed.judge(token);
    bed.clock.now += 61;
    pauseFor(bed, 10);
    expect(await codeOf(bed.judge(token))).toBe('caller');
  });

  it('not past their exp, and not for ever', async () => {
    const { bed, token } = await paused();
    const short = await mint(bed, { lifetime: 20 });
    bed.zitadel.faults.clear();
    expect(await codeOf(bed.judge(short))).toBe('provider_unavailable');
    pauseFor(bed, 60);
    for (let minutes = 0; minutes < 4; minutes++) {
      bed.clock.now += 60;
      expect(await codeOf(bed.judge(token))).toBe('caller');
    }
    bed.clock.now += 60;
    expect(await codeOf(bed.judge(token))).toBe('provider_unavailable');
  });

  it('a token that expires in it is refused with it', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed, { lifetime: 40 });
    await bed.judge(token);
    pauseFor(bed, 60);
    await codeOf(bed.judge(inventedOld(0)));
    bed.clock.now += 39;
    expect(await codeOf(bed.judge(token))).toBe('caller');
    bed.clock.now += 1;
    expect(await codeOf(bed.judge(token))).toBe('provider_unavailable');
  });

  it('after it one probe goes first; the others wait for what it hears', async () => {
    const { bed } = await paused();
    const tokens = await Promise.all(Array.from({ length: 30 }, () => mint(bed)));
    bed.clock.now += 60;
    const codes = await Promise.all(tokens.map((token) => codeOf(bed.judge(token))));
    // ZITADEL is still overrun: one question told so, and the next pause has begun.
    expect(bed.zitadel.calls.introspection).toBe(1);
    expect(new Set(codes)).toEqual(new Set(['provider_unavailable']));
    bed.zitadel.faults.clear();
    bed.clock.now += 60;
    expect(new Set(await Promise.all(tokens.map((token) => codeOf(bed.judge(token)))))).toEqual(new Set(['caller']));
  });

  it('a probe that hears nothing lets one other try, not all', async () => {
    const { bed } = await paused();
    const tokens = await Promise.all(Array.from({ length: 30 }, () => mint(bed)));
    bed.clock.now += 60;
    bed.zitadel.faults.set('introspection', { status: 500 });
    const codes = await Promise.all(tokens.map((token) => codeOf(bed.judge(token))));
    expect(bed.zitadel.calls.introspection).toBeLessThanOrEqual(2);
    expect(new Set(codes)).toEqual(new Set(['provider_unavailable']));
    bed.zitadel.faults.clear();
    expect(await codeOf(bed.judge(tokens[0] as string))).toBe('caller');
  });

  it('while it lasts, unknown tokens cost nobody’s budget', async () => {
    const { bed } = await paused();
    for (let at = 1; at < 200; at++)
      expect(await codeOf(bed.judge(inventedOld(at), { network: ATTACKER }))).toBe('provider_unavailable');
    bed.zitadel.faults.clear();
    bed.clock.now += 60;
    expect(await codeOf(bed.judge(inventedOld(200), { network: ATTACKER }))).toBe('refused');
  });
});
