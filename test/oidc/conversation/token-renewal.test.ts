import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { createBed, faultOf, METADATA, type Members, NOW, type Options, signIdToken } from './bed.ts';

describe('OIDC Core §12: renewed tokens', () => {
  const previous = 'the-id-token-before';
  const good = { access_token: 'new', token_type: 'bearer', expires_in: 60, refresh_token: 'newer' };
  const renew = (changes: Members, options?: Options) => {
    const bed = createBed(Response.json({ ...good, ...changes }), options);
    return Object.assign(bed.relyingParty.refresh('rt', previous, '1'), { bed });
  };

  it('RFC 6749 §6: are asked for with the refresh token, and take its place', async () => {
    const renewing = renew({});
    expect(await renewing).toEqual({
      access_token: 'new',
      refresh_token: 'newer',
      id_token: previous,
      receivedAt: NOW,
      expiresAt: NOW + 60,
    });
    expect(renewing.bed.form()).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt', client_id: 'us' });
    expect(renewing.bed.asked[0]).toMatchObject({ url: METADATA.token_endpoint });
  });

  it('RFC 6749 §6: without a new refresh token the old one stays', async () => {
    expect(await renew({ refresh_token: undefined })).toMatchObject({ refresh_token: 'rt' });
  });

  it('§12.2: a new ID token is taken once it is checked', async () => {
    const id_token = await signIdToken({ nonce: undefined });
    expect(await renew({ id_token })).toMatchObject({ id_token });
  });

  it('§12.2: another subject’s ID token ends it', async () => {
    const id_token = await signIdToken({ sub: '2' });
    expect(await faultOf(renew({ id_token }))).toBe('refused: refresh_response other_subject_in_id_token');
  });

  it('§12.2: an ID token that fails a check ends it', async () => {
    const other = await generateKeyPair('RS256', { extractable: true });
    const find = async () => [{ ...(await exportJWK(other.publicKey)) }];
    const id_token = await signIdToken();
    expect(await faultOf(renew({ id_token }, { keys: { find } }))).toBe('refused: jwt other_key');
  });

  it('promise 6: without keys to check it the old ID token stays, and the session too', async () => {
    const id_token = await signIdToken({ sub: '2' });
    const find = () => Promise.reject(new GatewayError('provider_unavailable', 'keys: away'));
    expect(await renew({ id_token }, { keys: { find } })).toMatchObject({ refresh_token: 'newer', id_token: previous });
  });

  it('a fault of ours is not taken for missing keys', async () => {
    const id_token = await signIdToken();
    const find = () => Promise.reject(new TypeError('ours'));
    await expect(renew({ id_token }, { keys: { find } })).rejects.toThrow('ours');
  });

  it.each<[Members, string]>([
    [{ token_type: 'DPoP' }, 'refused: token_response not_bearer'],
    [{ access_token: 'a b' }, 'malformed: error: token: access_token has signs that no token has'],
  ])('RFC 6749 §5.1: %j is no answer', async (changes, fault) => {
    expect(await faultOf(renew(changes))).toBe(fault);
  });

  it('RFC 6749 §5.2: what the token endpoint refuses', async () => {
    const bed = createBed(Response.json({ error: 'invalid_grant' }, { status: 400 }));
    expect(await faultOf(bed.relyingParty.refresh('rt', previous, '1'))).toBe('dead: 400 invalid_grant: ');
  });
});
