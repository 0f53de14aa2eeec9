// Invented tokens are cheap: impossible ones ask nobody, the others have a budget, and good ones pay for none of them.
// Design §3; RFC 6585 §4, RFC 7662 §4.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPossibleToken } from '../../../src/oidc/zitadel/token-shape.ts';
import { BASIC, type Bed, callerOf, createBed, inventedNew, inventedOld } from './bed.ts';

const mint = (bed: Bed, options: object = {}) => bed.zitadel.mintAccessToken({ sub: 'admin', ...options });
const codeOf = (judging: Promise<{ kind: string }>) =>
  judging.then(
    ({ kind }) => kind,
    (error: { code: string }) => error.code,
  );
const ATTACKER = '203.0.113.7';

describe('tokens of an impossible shape are refused without asking', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = 'a'.repeat(86);

  it.each([
    ['a word', 'invented'],
    ['31 characters', 'x'.repeat(31)],
    ['more than ZITADEL ever makes', 'x'.repeat(1_025)],
    ['base64 that is not base64url', `${'x'.repeat(40)}+/`],
    ['a tilde', `${'x'.repeat(40)}~`],
    ['padding', `${'x'.repeat(40)}==`],
    ['two parts', `${'x'.repeat(40)}.${'x'.repeat(40)}`],
    ['four parts', inventedNew(1).split('.').slice(0, 4).join('.')],
    ['six parts', `${inventedNew(1)}.x`],
    ['nothing but dots', '.'.repeat(60)],
    ['a JWE without an IV', inventedNew(1).replace('b'.repeat(16), '')],
    ['a JWE with half a tag', inventedNew(1).slice(0, -1)],
    ['a JWE whose header is no JSON', inventedNew(1).replace(/^[^.]+/, 'x'.repeat(80))],
    ['a JWE whose header says no algorithm', inventedNew(1).replace(/^[^.]+/, part({ enc: 'A256GCM' }))],
    ['a JWT whose header is no JSON', `${'x'.repeat(40)}.${part({ sub: '1' })}.${signature}`],
    ['a JWT without a signature', `${part({ alg: 'none' })}.${part({ sub: '1' })}.x`],
    ['a JWT with a shared secret', `${part({ alg: 'HS256' })}.${part({ sub: '1' })}.${signature}`],
  ])('%s', async (_what, token) => {
    const bed = createBed({ env: BASIC });
    expect(await codeOf(bed.judge(token))).toBe('refused');
    expect(bed.zitadel.calls.list).toEqual([]);
  });

  it('every token that ZITADEL makes is possible, old and new, of users and machines', async () => {
    for (const legacyTokens of [false, true]) {
      const bed = createBed({ env: BASIC, zitadel: { settings: { legacyTokens } } });
      const { service } =
        bed.zitadel.store.users.size > 0 ? { service: [...bed.zitadel.store.users.keys()] } : { service: [] };
      const tokens = [await mint(bed), await mint(bed, { jwt: true })];
      for (const user of service) tokens.push(await bed.zitadel.createPersonalAccessToken(user).catch(() => ''));
      for (const token of tokens.filter((each) => each !== ''))
        expect([token, isPossibleToken(token)]).toEqual([token, true]);
    }
  });

  it('looking at the shape throws at nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `a.b.${text}.d.e`),
        ),
        (token) => {
          expect(typeof isPossibleToken(token)).toBe('boolean');
        },
      ),
    );
  });
});

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
    // Asked about again, which says the same of its network.
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
