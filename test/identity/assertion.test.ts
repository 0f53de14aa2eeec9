// The signed assertion: what is in it, how long it is used again, and that nothing private is published.
// ARCHITECTURE §4.

import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAssertions } from '../../src/identity/assertion.ts';
import type { Identity } from '../../src/identity/identity.ts';

const ada: Identity = {
  sub: '1',
  email: 'ada@example.com',
  roles: { staff: ['9'], admin: ['9'] },
  org: '9',
  claims: {},
};
const asked = {
  identity: ada,
  audience: 'https://app.internal',
  sessionId: 's1',
  method: 'POST',
  url: 'https://a.example/x/y?secret=1#z',
};

let keys: Record<'ES256' | 'EdDSA', JsonWebKey>;
beforeAll(async () => {
  const make = async (alg: string) => exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey);
  keys = { ES256: (await make('ES256')) as JsonWebKey, EdDSA: (await make('EdDSA')) as JsonWebKey };
});

function setUp(assertionKeys: readonly JsonWebKey[], assertionBinding: 'session' | 'request' = 'session') {
  const clock = { now: 1_800_000_000.5 };
  let count = 0;
  const config = { assertionKeys, assertionBinding, origin: 'https://a.example' };
  return { clock, ...createAssertions({ config, now: () => clock.now, randomId: () => `id-${++count}` }) };
}

describe.each(['ES256', 'EdDSA'] as const)('%s', (alg) => {
  it('ARCHITECTURE §4 carries the claims, and verifies with the published keys', async () => {
    const { sign, publicKeys, clock } = setUp([keys[alg]]);
    const jwks = createLocalJWKSet({ keys: [...(await publicKeys())] });
    const { payload, protectedHeader } = await jwtVerify((await sign(asked)) as string, jwks, {
      issuer: 'https://a.example',
      audience: 'https://app.internal',
      currentDate: new Date(clock.now * 1000),
    });
    expect(payload).toEqual({
      iss: 'https://a.example',
      aud: 'https://app.internal',
      sub: '1',
      email: 'ada@example.com',
      roles: ['admin', 'staff'],
      org: '9',
      iat: 1_800_000_000,
      exp: 1_800_000_060,
      jti: 'id-1',
    });
    expect(protectedHeader).toMatchObject({ alg, typ: 'JWT' });
    expect(protectedHeader.kid).toHaveLength(43);
  });

  it('publishes nothing private', async () => {
    const [published] = await setUp([{ ...keys[alg], key_ops: ['sign'], ext: true } as JsonWebKey]).publicKeys();
    expect(Object.keys(published ?? {}).sort()).toEqual(
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', ...(alg === 'ES256' ? ['y'] : [])].sort(),
    );
  });
});

describe('keys', () => {
  it('none: no assertion', async () => {
    const { sign, publicKeys } = setUp([]);
    expect(await sign(asked)).toBeUndefined();
    expect(await publicKeys()).toEqual([]);
  });

  it('of a list the first signs and all are published', async () => {
    const { sign, publicKeys } = setUp([
      { ...keys.EdDSA, kid: 'new' } as JsonWebKey,
      { ...keys.ES256, kid: 'old' } as JsonWebKey,
    ]);
    expect((await publicKeys()).map(({ kid }) => kid)).toEqual(['new', 'old']);
    const [header] = ((await sign(asked)) as string).split('.');
    expect(JSON.parse(atob(header as string))).toEqual({ alg: 'EdDSA', kid: 'new', typ: 'JWT' });
  });
});

describe('binding "session"', () => {
  it('uses one until half its life is over', async () => {
    const { sign, clock } = setUp([keys.ES256]);
    const first = await sign(asked);
    clock.now += 29;
    expect(await sign({ ...asked, method: 'GET', url: 'https://a.example/other' })).toBe(first);
    clock.now += 2;
    expect(await sign(asked)).not.toBe(first);
  });

  it('uses one for requests that come together', async () => {
    const { sign } = setUp([keys.ES256]);
    const all = await Promise.all(Array.from({ length: 20 }, () => sign(asked)));
    expect(new Set(all).size).toBe(1);
  });

  it.each([
    ['another session', { sessionId: 's2' }],
    ['another upstream', { audience: 'https://other.internal' }],
    ['other roles', { identity: { ...ada, roles: {} } }],
    ['no session at all', { sessionId: undefined }],
  ])('never for %s', async (_, change) => {
    const { sign } = setUp([keys.ES256]);
    expect(await sign(asked)).not.toBe(await sign({ ...asked, ...change }));
  });
});

describe('binding "request"', () => {
  it('makes one for each request, with htm and htu without query', async () => {
    const { sign } = setUp([keys.ES256], 'request');
    const [first, second] = [(await sign(asked)) as string, await sign(asked)];
    expect(first).not.toBe(second);
    const payload = JSON.parse(atob((first.split('.')[1] as string).replaceAll('-', '+').replaceAll('_', '/')));
    expect(payload).toMatchObject({ htm: 'POST', htu: 'https://a.example/x/y' });
  });
});
