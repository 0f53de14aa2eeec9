// The way to the sign-in page: what is asked for, and what nobody can change. OIDC Core §3.1.2.1; RFC 7636 §4.3.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBed, EXPECTED, issuer } from './bed.ts';

describe('the way to ZITADEL', () => {
  const parameters = { state: 's', nonce: 'n', code_verifier: EXPECTED.code_verifier };

  it('OIDC Core §3.1.2.1, RFC 7636 §4.3: has everything that the answer is held against later', async () => {
    const { relyingParty, config } = createBed();
    const url = new URL(await relyingParty.authorizationUrl({ ...parameters, extra: { prompt: 'login' } }));
    expect(url.origin + url.pathname).toBe(`${issuer}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '1',
      prompt: 'login',
      client_id: 'us',
      redirect_uri: 'https://app.example.com/auth/callback',
      response_type: 'code',
      scope: config.scope,
      state: 's',
      nonce: 'n',
      code_challenge: createHash('sha256').update(EXPECTED.code_verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
  });

  it('extra parameters never replace ours, and a further scope is added', async () => {
    const { relyingParty, config } = createBed();
    const extra = { client_id: 'them', redirect_uri: 'https://evil.test', state: 'x', code_challenge_method: 'plain' };
    const href = await relyingParty.authorizationUrl({ ...parameters, extra, extraScope: 'more' });
    expect(Object.fromEntries(new URL(href).searchParams)).toMatchObject({
      client_id: 'us',
      redirect_uri: 'https://app.example.com/auth/callback',
      state: 's',
      code_challenge_method: 'S256',
      scope: `${config.scope} more`,
    });
  });
});
