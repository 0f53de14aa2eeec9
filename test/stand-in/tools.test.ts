// What tests do to the stand-in: faults, tampering, the call log, and the server around it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createZitadel } from '../../stand-in/zitadel.ts';
import { claimsOf, createBed, headerOf, SEED } from './support.ts';

const WELL_KNOWN = '/.well-known/openid-configuration';

describe('faults of the stand-in', () => {
  it('answer with a status, headers and body, as often as said', async () => {
    const { zitadel, get } = createBed();
    zitadel.faults.set(
      'discovery',
      { status: 503, body: { error: 'server_error' }, headers: { 'retry-after': '7' } },
      { times: 2 },
    );
    const first = await get(WELL_KNOWN);
    expect(first).toMatchObject({ status: 503, body: { error: 'server_error' } });
    expect(first.headers.get('retry-after')).toBe('7');
    expect((await get(WELL_KNOWN)).status).toBe(503);
    expect((await get(WELL_KNOWN)).status).toBe(200);
  });

  it('hit one endpoint only, and go when cleared', async () => {
    const { zitadel, get } = createBed();
    zitadel.faults.set('discovery', 'html');
    expect((await get('/oauth/v2/keys')).status).toBe(200);
    expect((await get(WELL_KNOWN)).body).toContain('<!doctype html>');
    zitadel.faults.clear('discovery');
    expect((await get(WELL_KNOWN)).body.issuer).toBe('https://zitadel.test');
  });

  it('send JSON that does not parse, and megabytes', async () => {
    const { zitadel } = createBed();
    const read = () => zitadel.fetch(zitadel.issuer + WELL_KNOWN);
    zitadel.faults.set('discovery', 'wrong-json');
    await expect((await read()).json()).rejects.toThrow(SyntaxError);
    zitadel.faults.set('discovery', 'huge-body');
    expect((await (await read()).text()).length).toBeGreaterThan(8_000_000);
  });

  it('break the connection, before the work or after it', async () => {
    const bed = createBed();
    const { refresh_token } = await bed.login();
    bed.zitadel.faults.set('token', 'reset', { times: 1 });
    await expect(bed.refresh(refresh_token)).rejects.toThrow(TypeError);
    bed.zitadel.faults.set('token', 'reset', { times: 1, afterWork: true });
    await expect(bed.refresh(refresh_token)).rejects.toThrow(TypeError);
    // The second time the token was rotated, and nobody heard the new one.
    expect((await bed.refresh(refresh_token)).body.error_description).toBe('Errors.OIDCSession.RefreshTokenInvalid');
  });

  it('hang until the caller gives up, or the stand-in closes', async () => {
    const { zitadel } = createBed();
    zitadel.faults.set('token', 'hang');
    const aborter = new AbortController();
    const given = zitadel.fetch(`${zitadel.issuer}/oauth/v2/token`, { signal: aborter.signal });
    const closed = zitadel.fetch(`${zitadel.issuer}/oauth/v2/token`);
    setTimeout(() => aborter.abort(), 1);
    await expect(given).rejects.toThrow(/abort/);
    zitadel.close();
    await expect(closed).rejects.toThrow(/abort/);
  });

  it('delay by real milliseconds and then answer', async () => {
    const { zitadel, get } = createBed();
    zitadel.faults.set('discovery', { delay: 30 });
    const before = performance.now();
    expect((await get(WELL_KNOWN)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(25);
  });
});

describe('tampering at the stand-in', () => {
  it('changes claims, header and key of an ID token', async () => {
    const bed = createBed();
    bed.zitadel.tamper.idToken = (claims, header) => ({
      claims: { ...claims, iss: 'https://evil.test' },
      header: { ...header, alg: 'none' },
    });
    const { id_token } = await bed.login();
    expect(claimsOf(id_token).iss).toBe('https://evil.test');
    expect(headerOf(id_token).alg).toBe('none');
    expect(id_token.endsWith('.')).toBe(true);
    bed.zitadel.tamper.idToken = (claims, header) => ({
      claims,
      header: { ...header, alg: 'HS256' },
      key: new Uint8Array(32),
    });
    expect(headerOf((await bed.login()).id_token).alg).toBe('HS256');
  });

  it('changes every answer', async () => {
    const bed = createBed();
    Object.assign(bed.zitadel.tamper, {
      tokenResponse: (json: object) => ({ ...json, expires_in: '1e9' }),
      userinfo: () => ({ sub: 'x' }),
      introspection: () => ({ active: true }),
      discovery: (json: object) => ({ ...json, issuer: 'https://evil.test' }),
      jwks: () => ({ keys: [] }),
      authorizeResponse: (params: URLSearchParams) =>
        new URLSearchParams({ code: params.get('code') ?? '', state: 'x' }),
    });
    const params = await bed.signIn();
    expect(params.get('state')).toBe('x');
    const { body } = await bed.exchange(params.get('code'));
    expect(body.expires_in).toBe('1e9');
    expect((await bed.userinfo(body.access_token)).body).toEqual({ sub: 'x' });
    expect((await bed.introspect('garbage')).body).toEqual({ active: true });
    expect((await bed.get(WELL_KNOWN)).body.issuer).toBe('https://evil.test');
    expect((await bed.get('/oauth/v2/keys')).body).toEqual({ keys: [] });
  });
});

describe('the call log of the stand-in', () => {
  it('counts per endpoint and lists what was sent', async () => {
    const bed = createBed();
    const { refresh_token } = await bed.login();
    await bed.refresh(refresh_token);
    const { calls } = bed.zitadel;
    expect([calls.authorize, calls.token, calls.userinfo]).toEqual([1, 2, 0]);
    expect(calls.list.at(-1)).toMatchObject({
      endpoint: 'token',
      at: bed.clock.now,
      method: 'POST',
      grant_type: 'refresh_token',
      client_id: SEED.webClientId,
      status: 200,
    });
    calls.reset();
    expect([calls.token, calls.list]).toEqual([0, []]);
  });
});

describe('the server of the stand-in', () => {
  it('started by itself says when it is ready, takes the gateway’s origin, and ends on SIGTERM', async () => {
    const env = { ...process.env, GATEWAY_ORIGIN: 'http://localhost:9999' };
    const child = spawn(process.execPath, ['stand-in/main.ts', '0'], { env });
    const [line] = await once(child.stdout, 'data');
    const origin = /^stand-in for ZITADEL ready at (\S+)\n$/.exec(String(line))?.[1];
    const redirect_uri = encodeURIComponent('http://localhost:9999/auth/callback');
    const query = `client_id=${SEED.webClientId}&redirect_uri=${redirect_uri}&response_type=code&scope=openid`;
    expect((await fetch(`${origin}/oauth/v2/authorize?${query}`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('is the issuer that it listens on, and keeps its cookies apart', async () => {
    const zitadel = createZitadel();
    const { origin, close } = await zitadel.listen();
    try {
      expect(await (await fetch(origin + WELL_KNOWN)).json()).toMatchObject({ issuer: origin });
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: 'x',
        client_id: SEED.webClientId,
      });
      expect((await fetch(`${origin}/oauth/v2/token`, { method: 'POST', body: form })).status).toBe(400);
      zitadel.faults.set('keys', 'reset', { times: 1 });
      await expect(fetch(`${origin}/oauth/v2/keys`)).rejects.toThrow(TypeError);
      expect((await fetch(`${origin}/oauth/v2/keys`)).status).toBe(200);
    } finally {
      await close();
    }
  });
});
