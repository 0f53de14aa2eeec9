// What a provider says of an error stands in the log, but for whatever could be a code or a token.

import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../../src/oidc/zitadel/without-secrets.ts';
import { beginLogin, callbackFor, comeBack, lastFault } from '../../flow/steps.ts';
import { createRandom } from '../../simulation/random.ts';
import { createHarness } from '../../support/harness.ts';

// From a seed: of codes of 16 bytes one in ten thousand passes for words, and the test is not to depend on luck.
const { below } = createRandom(1);
const random = (bytes: number) => Buffer.from(Array.from({ length: bytes }, () => below(256)));
const SECRETS: [string, () => string][] = [
  ['a code of 16 bytes', () => random(16).toString('base64url')],
  ['a code of 32 bytes', () => random(32).toString('base64url')],
  ['base64', () => random(32).toString('base64')],
  ['hexadecimal', () => random(16).toString('hex')],
  ['hexadecimal in capitals', () => random(16).toString('hex').toUpperCase()],
  ['a UUID', () => crypto.randomUUID()],
  ['a JWT', () => [random(40), random(90), random(64)].map((part) => `e${part.toString('base64url')}`).join('.')],
  [
    'ZITADEL’s opaque token',
    () => `V2_3116303569${Math.random().toString().slice(2, 10)}-at_${random(24).toString('base64url')}`,
  ],
];
const FRAMES = [
  (secret: string) => `the code ${secret} was used before`,
  (secret: string) => `"${secret}" is unknown`,
  (secret: string) => `{"code":"${secret}"}`,
  (secret: string) => `code=${secret}&state=x`,
  (secret: string) => `https://app.example.com/auth/callback?code=${secret}`,
  (secret: string) => `Bearer ${secret}`,
  (secret: string) => encodeURIComponent(`token:${secret}`),
];

describe('a secret in a provider’s words', () => {
  it.each(SECRETS)('%s is left out, whatever stands around it', (_kind, create) => {
    for (let time = 0; time < 200; time++) {
      const secret = create();
      for (const frame of FRAMES) {
        const words = withoutSecrets(frame(secret));
        for (let at = 0; at + 12 <= secret.length; at += 4) expect(words).not.toContain(secret.slice(at, at + 12));
      }
    }
  });

  it.each([
    'Errors.OIDCSession.RefreshTokenInvalid',
    'Errors.User.NotFound (QUERY-Vf3eg)',
    'The requested redirect_uri http://localhost:8787/auth/callback is missing in the client configuration',
    'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: unexpected ID Token "nonce" claim value',
    'urn:ietf:params:oauth:client-assertion-type:jwt-bearer is not allowed, use private_key_jwt',
    'code_challenge_method S256 needed; OAuth2 grant refresh_token unsupported',
    'y'.repeat(5_000),
  ])('%s is said as it is', (words) => expect(withoutSecrets(words)).toBe(words));

  it('costs what the text is long', () => {
    const words = `${'aB3'.repeat(300_000)} ${'x '.repeat(100_000)}`;
    expect(withoutSecrets(words).length).toBeLessThan(words.length);
  });
});

describe('the log of a sign-in that fails', () => {
  const code = 'SplxlOBeZQQYbYS6WxSbIA';

  it('has the provider’s words without the code: in the answer that a browser brings', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    for (const name of ['code', 'iss']) url.searchParams.delete(name);
    url.searchParams.set('error', 'invalid_request');
    url.searchParams.set('error_description', `the code ${code} is no good`);
    await comeBack(browser, url);
    expect(lastFault(harness).reason).toContain('is no good');
    expect(JSON.stringify(harness.events)).not.toContain(code);
  });

  it('in the answer of the token endpoint', async () => {
    const harness = createHarness();
    const browser = harness.browser();
    const url = await callbackFor(harness, await beginLogin(browser));
    const body = { error: 'invalid_request', error_description: `what was sent, ${code}, is no good` };
    harness.zitadel.faults.set('token', { status: 400, body });
    await comeBack(browser, url);
    await harness.settle();
    expect(JSON.stringify(harness.events)).toContain('invalid_request');
    expect(JSON.stringify(harness.events)).not.toContain(code);
  });
});
