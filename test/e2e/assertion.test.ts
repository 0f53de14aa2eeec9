// docs/verify-the-assertion.md: what people copy verifies what the built worker signs, and nothing else.

import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { type DocumentedFiles, writeDocumented } from '../support/documented.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { isAtHand, LANGUAGES, verdicts } from './assertion/runners.ts';

interface Asked {
  readonly assertion: string;
  readonly method?: string;
  readonly path?: string;
}

const PATH = '/k%C3%A4se/a%20b';
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });

describe('docs/verify-the-assertion.md', () => {
  let worker: RunningWorker;
  let application: Server;
  let audience: string;
  let files: DocumentedFiles;
  let visitor: TestBrowser | undefined;
  const browser = () => (visitor ??= worker.browser());
  const good: Record<string, Asked> = {};
  const bad: Record<string, Asked> = {};

  beforeAll(async () => {
    application = createServer((request, response) => response.end(request.headers['x-identity-assertion']));
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
    audience = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
    const ASSERTION_KEY = JSON.stringify([jwkOf(ec, 'first'), jwkOf(edwards, 'second')]);
    worker = await startWorker({ upstream: audience, env: { ASSERTION_KEY, ASSERTION_BINDING: 'request' } });
    files = writeDocumented('docs/verify-the-assertion.md', {
      'https://app.example.com': worker.origin,
      'https://app.internal.example.com': audience,
      '/var/lib/my-app/gateway-keys.json': 'gateway-keys.json',
    });
    const authorizeUrl = locationOf(await browser().navigate(PATH));
    await browser().navigate(await worker.zitadel.signIn({ authorizeUrl, user: 'staff' }));
  });
  afterAll(async () => {
    files?.remove();
    application?.close();
    await worker?.stop();
  });

  /** Anew for each language: what is right is so for a minute. */
  async function collect() {
    const real = await (await browser().navigate(PATH)).text();
    const posted = await (await browser().fetch(`${PATH}?x=1`, { method: 'POST', body: 'a' })).text();
    good['from the gateway'] = { assertion: real };
    good['from the gateway, of a POST with a query'] = { assertion: posted, method: 'POST' };
    good['bound to a session, by the second key'] = { assertion: await sign({}, edwards, 'second', 'EdDSA') };

    bad['for another path'] = { assertion: real, path: '/other' };
    bad['for another method'] = { assertion: real, method: 'DELETE' };
    bad['nothing'] = { assertion: 'x' };
    bad['two parts'] = { assertion: real.split('.').slice(0, 2).join('.') };
    bad['other claims under the same signature'] = { assertion: withClaims(real, { sub: '1' }) };
    bad['another issuer'] = { assertion: await sign({ iss: 'https://evil.example' }) };
    bad['another audience'] = { assertion: await sign({ aud: 'http://127.0.0.1:1' }) };
    bad['too late'] = { assertion: await sign({ exp: seconds() - 60, iat: seconds() - 120 }) };
    bad['a stranger’s key under a known id'] = { assertion: await sign({}, stranger) };
    bad['a key that is not published'] = { assertion: await sign({}, stranger, 'third') };
    bad['one key’s algorithm with the other’s id'] = { assertion: await sign({}, ec, 'second') };
    bad['no signature'] = { assertion: unsigned(real) };
    bad['signed with the public key as a password'] = { assertion: await byPassword(real) };
  }

  const seconds = () => Math.floor(Date.now() / 1000);

  function sign(changes: Record<string, unknown>, key = ec, kid = 'first', alg = 'ES256'): Promise<string> {
    const claims = {
      iss: worker.origin,
      aud: audience,
      sub: '7',
      roles: [],
      iat: seconds(),
      exp: seconds() + 60,
      jti: 'a',
    };
    return new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key);
  }

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  function withClaims(assertion: string, changes: object): string {
    const [header, claims = '', signature] = assertion.split('.');
    return [header, encode({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), ...changes }), signature].join(
      '.',
    );
  }

  const unsigned = (assertion: string) => `${encode({ alg: 'none', kid: 'first' })}.${assertion.split('.')[1]}.`;

  async function byPassword(assertion: string): Promise<string> {
    const { keys } = (await (await fetch(`${worker.origin}/auth/jwks`)).json()) as { keys: { x: string }[] };
    const signed = `${encode({ alg: 'HS256', kid: 'first' })}.${assertion.split('.')[1]}`;
    return `${signed}.${createHmac('sha256', keys[0]?.x ?? '')
      .update(signed)
      .digest('base64url')}`;
  }

  for (const language of LANGUAGES) {
    it.skipIf(!isAtHand(language))(`${language.name}: takes what is right, refuses the rest`, async () => {
      await collect();
      const cases = [...Object.entries(good), ...Object.entries(bad)];
      const asked = cases.flatMap(([, { assertion, method = 'GET', path = PATH }]) => [assertion, method, path]);
      const lines = verdicts(language, files, asked);
      const said = Object.fromEntries(cases.map(([name], index) => [name, lines[index]]));
      const frameworks = language.program[0] === 'run.py';
      const [yes, no] = frameworks ? ['ok 200 404 200', 'no 403 403 403'] : ['ok', 'no'];
      const expected = cases.map(([name]) => [name, name in good ? yes : no]);
      expect(said).toEqual(Object.fromEntries(expected));
    });
  }
});
