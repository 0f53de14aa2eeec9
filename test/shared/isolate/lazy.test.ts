// Values that an isolate makes when they are first needed: no request that was cancelled may leave the others waiting for its own.

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAssertions } from '../../../src/identity/assertion.ts';
import { createClientAuth } from '../../../src/oidc/client-auth.ts';
import { createKeyring } from '../../../src/session/keyring.ts';
import { createLazy } from '../../../src/shared/isolate/lazy.ts';
import { withSubtle } from '../../support/subtle.ts';

describe('a lazy value', () => {
  it('is made once, and again after a failure', async () => {
    let made = 0;
    const value = createLazy(async () => {
      made += 1;
      if (made === 1) throw new Error('not now');
      return { made };
    });
    await expect(value()).rejects.toThrow('not now');
    expect(await value()).toEqual({ made: 2 });
    expect(await value()).toEqual({ made: 2 });
  });

  it('of requests that came together, the first to finish speaks for all', async () => {
    const makers: ((value: { name: string }) => void)[] = [];
    const value = createLazy(() => new Promise<{ name: string }>((resolve) => makers.push(resolve)));
    const both = [value(), value()];
    makers[1]?.({ name: 'second' });
    await both[1];
    makers[0]?.({ name: 'first' });
    expect(await Promise.all(both)).toEqual([{ name: 'second' }, { name: 'second' }]);
  });
});

const pem = (type: 'pkcs1' | 'pkcs8') =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' }).toString();
const ASSERTION_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

/** Whatever keeps a key for the isolate → a use of it. */
const HOLDERS: Readonly<Record<string, () => () => Promise<unknown>>> = {
  'the key that signs assertions': () => {
    const config = { assertionKeys: [ASSERTION_KEY], assertionBinding: 'request', origin: 'https://a.test' } as const;
    const assertions = createAssertions({ config, now: () => 0, randomId: () => '' });
    const identity = { sub: '1', roles: {}, claims: {} };
    return () => assertions.sign({ identity, audience: 'https://b.test', method: 'GET', url: 'https://a.test/' });
  },
  'the key of private_key_jwt': () => {
    const keyFile = { keyId: '1', key: pem('pkcs1') };
    const authenticate = createClientAuth({ method: 'private_key_jwt', keyFile } as never, () => 0);
    return async () =>
      authenticate({ issuer: 'https://c.test' }, { client_id: '1' }, new URLSearchParams(), new Headers());
  },
  'the keys of sessions': () => {
    const keyring = createKeyring(['b8f2c1d94e7a6053f1e2d3c4b5a69788']);
    return () => keyring.seal('session', {});
  },
};

describe('Workers: a promise dies with the request that made it', () => {
  it.each(Object.entries(HOLDERS))(
    '%s is imported by the next request when the first was cancelled',
    async (_, create) => {
      const use = create();
      let imports = 0;
      const next = withSubtle(
        (method, _args, call) => (method === 'importKey' && ++imports === 1 ? new Promise(() => {}) : call()),
        async () => {
          void use();
          return Promise.race([
            use().then(() => 'used'),
            new Promise((resolve) => setTimeout(resolve, 1_000, 'stuck')),
          ]);
        },
      );
      expect(await next).toBe('used');
    },
  );

  it.each(Object.entries(HOLDERS))('%s is imported no second time', async (_, create) => {
    const use = create();
    let imports = 0;
    await withSubtle(
      (method, _args, call) => {
        if (method === 'importKey') imports += 1;
        return call();
      },
      async () => {
        await use();
        const first = imports;
        for (let again = 0; again < 5; again++) await use();
        expect(imports).toBe(first);
      },
    );
  });
});
