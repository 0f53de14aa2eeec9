// The sealed text as another release, or another program, would write it: its key, its header, and each check by itself.
// ARCHITECTURE §6 (Cookie: purpose and version in the protected header, two releases side by side); promises 7 and 8; RFC 7516, RFC 5869.

import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/session/keyring.ts';
import { OTHER_SECRET, SECRET } from '../support/harness.ts';

const hkdf = (secret: string, info: string, length: number, salt = new Uint8Array(0)) =>
  Buffer.from(hkdfSync('sha256', secret, salt, `postern ${info}`, length));

interface Writing {
  readonly secret?: string;
  /** Whose key seals it. */
  readonly keyOf?: string;
  readonly salt?: Uint8Array<ArrayBuffer>;
  readonly header?: Record<string, unknown>;
  /** What is authenticated, where that is not the header as it stands there. */
  readonly authenticated?: string;
}

/** Written from ARCHITECTURE §6 and the RFCs alone. */
function write({ secret = SECRET, keyOf = 'session', salt, header, authenticated }: Writing = {}): string {
  const kid = hkdf(secret, 'kid', 6).toString('hex');
  const fields = { alg: 'dir', enc: 'A256GCM', kid, typ: 'postern-session', ver: 1, ...header };
  const encoded = Buffer.from(JSON.stringify(fields)).toString('base64url');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', hkdf(secret, keyOf, 32, salt), iv);
  cipher.setAAD(Buffer.from(authenticated ?? encoded));
  const body = Buffer.concat([cipher.update('{"sub":"1"}'), cipher.final()]);
  return [encoded, '', ...[iv, body, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

const unseal = (text: string, salt?: Uint8Array<ArrayBuffer>) => createKeyring([SECRET]).unseal('session', text, salt);
const FOREIGN = { kind: 'foreign' };

describe('a sealed text', () => {
  it('ARCHITECTURE §6 of another release is ours', async () => {
    expect(await unseal(write())).toEqual({ kind: 'ok', value: { sub: '1' }, isOldKey: false });
  });

  it('promise 8 of the key before is ours, and known to be old', async () => {
    const rotated = createKeyring([OTHER_SECRET, SECRET]);
    expect(await rotated.unseal('session', write())).toEqual({ kind: 'ok', value: { sub: '1' }, isOldKey: true });
  });

  it('promise 7 with a salt is sealed by a key that SESSION_SECRET alone does not give', async () => {
    const salt = Uint8Array.of(1, 2, 3);
    expect(await unseal(write({ salt }), salt)).toMatchObject({ kind: 'ok' });
    expect(await unseal(write(), salt)).toEqual(FOREIGN);
    expect(await unseal(write({ salt }))).toEqual(FOREIGN);
  });

  it('ARCHITECTURE §6 whose header names another purpose is foreign, even under the right key', async () => {
    expect(await unseal(write({ header: { typ: 'postern-transaction' } }))).toEqual(FOREIGN);
    expect(await unseal(write({ header: { typ: undefined } }))).toEqual(FOREIGN);
  });

  it('ARCHITECTURE §6 under another purpose’s key is foreign, even if its header names the right one', async () => {
    expect(await unseal(write({ keyOf: 'transaction' }))).toEqual(FOREIGN);
  });

  it('RFC 7516 §5.2 whose header is not the one that was authenticated is foreign', async () => {
    expect(await unseal(write({ authenticated: '' }))).toEqual(FOREIGN);
  });

  it('ARCHITECTURE §6 of a newer format is told from a foreign one', async () => {
    expect(await unseal(write({ header: { ver: 2 } }))).toEqual({ kind: 'newer' });
  });

  it.each([{ alg: 'A256KW' }, { enc: 'A128GCM' }, { crit: ['exp'] }, { zip: 'DEF' }])(
    'RFC 7516 §4.1 whose header says %o is foreign',
    async (header) => expect(await unseal(write({ header }))).toEqual(FOREIGN),
  );
});
