// The gateway as a client of ZITADEL: authentication and key files.
// ARCHITECTURE §1; ZITADEL key files; RFC 7523 (private_key_jwt).

import { describe, expect, it } from 'vitest';
import { APPLICATION_KEY_FILE, configOf, issueOf } from './environment.ts';

const file = (changes: object = {}) => JSON.stringify({ ...APPLICATION_KEY_FILE, ...changes });
const { keyId, key, clientId } = APPLICATION_KEY_FILE;

describe('client authentication', () => {
  it('is none without a secret', () => {
    expect(configOf().clientAuthentication).toEqual({ method: 'none' });
  });

  it('is client_secret_basic with ZITADEL_CLIENT_SECRET', () => {
    expect(configOf({ ZITADEL_CLIENT_SECRET: 'xyz' }).clientAuthentication).toEqual({
      method: 'client_secret_basic',
      client_secret: 'xyz',
    });
  });

  it('is private_key_jwt with ZITADEL_CLIENT_KEY', () => {
    expect(configOf({ ZITADEL_CLIENT_KEY: file() }).clientAuthentication).toEqual({
      method: 'private_key_jwt',
      keyFile: { keyId, key, clientId },
    });
  });

  it('refuses both', () => {
    expect(issueOf({ ZITADEL_CLIENT_SECRET: 'x', ZITADEL_CLIENT_KEY: file() }).wanted).toContain('not both');
  });
});

describe('key files', () => {
  it('takes PKCS#8 as well as PKCS#1', () => {
    const pkcs8 = key.replaceAll('RSA ', '');
    expect(configOf({ ZITADEL_CLIENT_KEY: file({ key: pkcs8 }) }).clientAuthentication.method).toBe('private_key_jwt');
  });

  it.each([
    ['text that is not JSON', '{"type":', 'not JSON'],
    ['JSON that is no table', '[]', 'key file'],
    ['null', 'null', 'key file'],
    ['a service account’s key file', file({ type: 'serviceaccount', userId: '1' }), 'service account'],
    ['another type', file({ type: 'user' }), '"type":"application"'],
    ['no key id', file({ keyId: undefined }), '"keyId"'],
    ['no client id', file({ clientId: '' }), '"clientId"'],
    ['no key', file({ key: undefined }), 'PEM'],
    ['a public key', file({ key: key.replaceAll('RSA PRIVATE', 'PUBLIC') }), 'PEM'],
    ['half a key', file({ key: key.slice(0, 40) }), 'PEM'],
    ['another application’s key file', file({ clientId: '1' }), 'ZITADEL_CLIENT_ID'],
  ])('refuses %s', (_what, ZITADEL_CLIENT_KEY, wanted) => {
    expect(issueOf({ ZITADEL_CLIENT_KEY }).wanted).toContain(wanted);
  });
});
