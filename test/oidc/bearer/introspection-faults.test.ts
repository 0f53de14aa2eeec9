// Introspection that fails, or that is refused to the gateway: a fault, never a verdict. RFC 7662 §2.3.

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../stand-in/faults.ts';
import { BASIC, type Bed, createBed, inventedOld, refusalOf, SEED } from './bed.ts';
import { admin, faultOf, mint } from './introspection-bed.ts';

describe('when ZITADEL cannot be asked', () => {
  it.each<[string, Fault]>([
    ['500', { status: 500 }],
    ['502 in HTML', { status: 502, body: '<h1>Bad gateway</h1>', headers: { 'content-type': 'text/html' } }],
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['a broken connection', 'reset'],
    ['silence', 'hang'],
    ['HTML with status 200', 'html'],
    ['JSON that does not parse', 'wrong-json'],
    ['megabytes', 'huge-body'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }],
    ['404', { status: 404 }],
    ['204', { status: 204 }],
    ['a list', { status: 200, body: [] }],
    ['403 of a proxy with a challenge', { status: 403, headers: { 'www-authenticate': 'Basic realm="x"' } }],
    ['active: true with status 201', { status: 201, body: { active: true, sub: admin } }],
  ])('throws provider_unavailable for %s: never a pass, never a 401', async (_name, fault) => {
    const bed = createBed({ env: BASIC, providerDeadline: 500 });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', fault);
    expect(await faultOf(bed.judge(token))).toMatchObject({ code: 'provider_unavailable' });
    bed.zitadel.faults.clear();
    expect((await bed.judge(token)).kind).toBe('caller');
  });

  it('throws provider_unavailable when metadata can’t be had', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.faults.set('discovery', 'reset');
    expect(await faultOf(bed.judge(await mint(bed)))).toMatchObject({ code: 'provider_unavailable' });
  });

  it('RFC 9110 §10.2.3 leaves ZITADEL alone for as long as it asks, and says so', async () => {
    const bed = createBed({ env: BASIC });
    const tokens = [await mint(bed), await mint(bed)] as const;
    bed.zitadel.faults.set('introspection', { status: 429, headers: { 'retry-after': '20' } });
    expect(await faultOf(bed.judge(tokens[0]))).toMatchObject({ retryAfter: 20 });
    bed.zitadel.faults.clear();
    bed.clock.now += 5;
    expect(await faultOf(bed.judge(tokens[1]))).toMatchObject({ code: 'provider_unavailable', retryAfter: 15 });
    expect(bed.zitadel.calls.introspection).toBe(1);
    bed.clock.now += 15;
    expect((await bed.judge(tokens[1])).kind).toBe('caller');
  });

  it('does not stay away for longer than a minute, whatever ZITADEL asks', async () => {
    const bed = createBed({ env: BASIC });
    const token = await mint(bed);
    bed.zitadel.faults.set('introspection', { status: 503, headers: { 'retry-after': '86400' } }, { times: 1 });
    await faultOf(bed.judge(token));
    bed.clock.now += 60;
    expect((await bed.judge(token)).kind).toBe('caller');
  });
});

describe('when ZITADEL refuses the gateway itself', () => {
  const reasonFor = async (bed: Bed) => {
    const fault = await faultOf(bed.judge(await mint(bed)));
    expect(fault.code).toBe('provider_unavailable');
    return fault.message;
  };

  it('logs a wrong secret as the operator’s mistake', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_API_CLIENT_SECRET: 'wrong' } });
    expect(await reasonFor(bed)).toMatch(/operator's mistake.*400 unauthorized_client/);
  });

  it('logs an API application that was deactivated as the operator’s mistake', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.apiApplication.active = false;
    expect(await reasonFor(bed)).toMatch(/operator's mistake/);
  });

  it('logs a key that was deleted at ZITADEL as the operator’s mistake', async () => {
    const bed = createBed();
    const file = await bed.zitadel.createApplicationKey(SEED.apiApplicationId);
    bed.zitadel.apiApplication.keys.clear();
    const isolate = bed.isolate({ ZITADEL_API_KEY: JSON.stringify(file) });
    const fault = await faultOf(isolate.judge(`Bearer ${await mint(bed)}`));
    expect(fault).toMatchObject({ code: 'provider_unavailable', message: expect.stringMatching(/operator's mistake/) });
  });

  it.each<[string, Fault]>([
    ['400 invalid_client', { status: 400, body: { error: 'invalid_client' } }],
    ['401 invalid_client', { status: 401, body: { error: 'invalid_client' } }],
    ['401 with a challenge', { status: 401, headers: { 'www-authenticate': 'Basic realm="zitadel"' } }],
    ['400 invalid_request', { status: 400, body: { error: 'invalid_request', error_description: 'token missing' } }],
    [
      '400 with words about a user',
      { status: 400, body: { error: 'invalid_request', error_description: 'Errors.User.X' } },
    ],
    ['403 in JSON', { status: 403, body: { error: 'access_denied' } }],
  ])('logs %s as the operator’s mistake', async (_name, fault) => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.faults.set('introspection', fault);
    expect(await reasonFor(bed)).toMatch(/operator's mistake/);
  });

  it('tells ZITADEL’s own trouble apart from it', async () => {
    const bed = createBed({ env: BASIC });
    bed.zitadel.faults.set('introspection', { status: 503, body: { error: 'server_error' } });
    expect(await reasonFor(bed)).toMatch(/^introspection: transient/);
  });

  it('notes that active: false may be about the gateway, until ZITADEL has once called a token active', async () => {
    const bed = createBed({ env: BASIC });
    const inactive = { of: 'introspection', problem: 'inactive' };
    expect(refusalOf(await bed.judge(inventedOld(1)))).toEqual({ ...inactive, wasAnyActive: false });
    await bed.judge(await mint(bed));
    expect(refusalOf(await bed.judge(inventedOld(2)))).toEqual({ ...inactive, wasAnyActive: true });
  });

  it('puts neither token nor secret into a reason', async () => {
    const bed = createBed({ env: { ...BASIC, ZITADEL_API_CLIENT_SECRET: 'wrong-secret-of-the-operator' } });
    const token = await mint(bed);
    const { message, cause } = await faultOf(bed.judge(token));
    const shown = `${message} ${String(cause)}`;
    expect(shown).not.toContain(token);
    expect(shown).not.toContain('wrong-secret');
  });
});
