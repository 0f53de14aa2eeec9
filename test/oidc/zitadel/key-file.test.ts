// ZITADEL's key file: what an application's consists of, and what is said of any other.

import { describe, expect, it } from 'vitest';
import { readKeyFile } from '../../../src/oidc/zitadel/key-file.ts';

const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\n-----END RSA PRIVATE KEY-----\n';
const good = { type: 'application', keyId: '1', key: PEM, appId: '2', clientId: '3' };

describe('a key file', () => {
  it.each([PEM, PEM.replaceAll('RSA ', ''), `\n ${PEM} `])('of an application is read: %j', (key) => {
    expect(readKeyFile({ ...good, key })).toStrictEqual({ keyId: '1', key, clientId: '3' });
  });

  it.each([
    [{ type: 'serviceaccount', keyId: undefined }, 'service_account'],
    [{ type: undefined }, 'type'],
    [{ type: 'user' }, 'type'],
    [{ keyId: '' }, 'keyId'],
    [{ keyId: 7 }, 'keyId'],
    [{ clientId: undefined }, 'clientId'],
    [{ key: undefined }, 'key'],
    [{ key: 'MIIE' }, 'key'],
    [{ key: PEM.replace('-----END RSA PRIVATE KEY-----', '') }, 'key'],
    [{ key: `x${PEM}` }, 'key'],
    [{ key: `${PEM}x` }, 'key'],
    [{ key: PEM.replace('RSA', 'EC') }, 'key'],
  ])('with %j is none: %s', (changes, problem) => {
    expect(readKeyFile({ ...good, ...changes })).toBe(problem);
  });
});
