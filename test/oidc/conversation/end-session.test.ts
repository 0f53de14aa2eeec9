// The way out: which ID token is a good hint, and where the visitor is sent. RP-Initiated Logout 1.0 §2.

import { describe, expect, it } from 'vitest';
import { createBed, issuer, type Members, NOW, signIdToken } from './bed.ts';

describe('RP-Initiated Logout 1.0 §2: the way out', () => {
  it.each([['the-id-token'], [undefined]])('with the ID token %s', async (id_token_hint) => {
    const { relyingParty } = createBed();
    const url = new URL((await relyingParty.endSessionUrl('s', id_token_hint)) ?? '');
    expect(url.origin + url.pathname).toBe(`${issuer}/end`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '1',
      ...(id_token_hint !== undefined && { id_token_hint }),
      client_id: 'us',
      post_logout_redirect_uri: 'https://app.example.com/auth/logout/callback',
      state: 's',
    });
  });

  it('with the login name only where there is no ID token', async () => {
    const { relyingParty } = createBed();
    const parametersOf = async (hint?: string) =>
      new URL((await relyingParty.endSessionUrl('s', hint, 'zoë@acme')) ?? '').searchParams;
    expect((await parametersOf()).get('logout_hint')).toBe('zoë@acme');
    expect((await parametersOf('the-id-token')).has('logout_hint')).toBe(false);
  });

  it.each<[string, Members, boolean]>([
    ['it is ours', {}, true],
    ['it has expired', { exp: NOW - 90_000, iat: NOW - 99_000 }, true],
    ['it names no azp', { azp: undefined }, true],
    ['it is of several, and ours', { azp: 'us', aud: ['them', 'us'] }, true],
    ['the client has changed', { azp: 'them' }, false],
    ['it is somebody else’s', { azp: undefined, aud: ['them'] }, false],
    ['the issuer has changed', { iss: 'https://other.test' }, false],
  ])('an ID token is a good hint, since %s: %#', async (_why, changes, isGood) => {
    const { relyingParty } = createBed();
    expect(await relyingParty.isGoodHint(await signIdToken(changes))).toBe(isGood);
  });

  it('an ID token is none whose key is no longer published, or did not sign it, or that is no token', async () => {
    const gone = async () => [];
    const idToken = await signIdToken({});
    expect(await createBed(undefined, { keys: { findPublished: gone } }).relyingParty.isGoodHint(idToken)).toBe(false);
    const { relyingParty } = createBed();
    for (const text of [`${idToken.slice(0, -8)}AAAAAAAA`, 'a.b', '']) {
      expect(await relyingParty.isGoodHint(text)).toBe(false);
    }
  });

  it('is none where there is no such endpoint', async () => {
    const { relyingParty } = createBed(Response.json({}), { metadata: { end_session_endpoint: undefined } });
    expect(await relyingParty.endSessionUrl('s', undefined)).toBeUndefined();
  });
});
