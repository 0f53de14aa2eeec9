// Sealed texts: cookies, kept forms, form tokens, refresh tokens in KV. Only what was sealed comes out, for its purpose, whole.
// ARCHITECTURE §6 Cookie; promises 7 to 9; RFC 7516 §5.2.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createKeyring, type Keyring, type Purpose } from '../../../src/session/keyring.ts';
import { OTHER_SECRET, SECRET } from '../../support/harness.ts';
import { anyText, applySteps, stepsWith } from '../generate/text.ts';
import { createTarget } from '../target.ts';

const PURPOSES: readonly Purpose[] = [
  'session',
  'transaction',
  'logout',
  'confirm',
  'form',
  'form-address',
  'form-token',
  'tokens',
];
const SALTS = [undefined, Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4)] as const;
const RINGS: Readonly<Record<string, Keyring>> = {
  same: createKeyring([SECRET]),
  rotated: createKeyring([OTHER_SECRET, SECRET]),
  foreign: createKeyring([OTHER_SECRET]),
};
const purpose = fc.constantFrom(...PURPOSES);
const salt = fc.constantFrom(0, 0, 1, 2);
const encode = (header: unknown) => Buffer.from(JSON.stringify(header)).toString('base64url');
const HEADERS = [
  { alg: 'dir', enc: 'A256GCM', typ: 'postern-session', ver: 2, kid: 'x' },
  { alg: 'dir', enc: 'A256GCM', typ: 'postern-session', ver: 1, kid: 'x', crit: ['b64'] },
  { alg: 'dir', enc: 'A128GCM', typ: 'postern-session', ver: 1 },
  { alg: 'none' },
  [],
  null,
];

const unsealing = createTarget({
  name: 'sealed',
  promise: 'gives back what was sealed, for the same purpose, with the same key, unchanged; and throws at nothing',
  runs: 800,
  given: fc.record({
    sealedFor: purpose,
    askedFor: fc.option(purpose, { nil: undefined }),
    salt,
    askedWith: fc.option(salt, { nil: undefined }),
    ring: fc.constantFrom('same', 'same', 'rotated', 'foreign'),
    /** Parts of the text that come from another person's. */
    foreignParts: fc.oneof({ arbitrary: fc.constant<number[]>([]), weight: 3 }, fc.subarray([0, 2, 3, 4])),
    steps: stepsWith([...HEADERS.map(encode), '..', '.', 'A', '-', '_']),
  }),
  async holds({ sealedFor, askedFor = sealedFor, salt, askedWith = salt, ring, foreignParts, steps }) {
    const [mine, others] = [
      { sub: 'mine', text: 'ä'.repeat(20) },
      { sub: 'others', text: 'é'.repeat(20) },
    ];
    const seal = (value: unknown) => RINGS['same']?.seal(sealedFor, value, SALTS[salt]) as Promise<string>;
    const [own, foreign] = await Promise.all([seal(mine), seal(others)]);
    const foreignText = foreign.split('.');
    const spliced = own.split('.').map((part, index) => (foreignParts.includes(index) ? foreignText[index] : part));
    const text = applySteps(spliced.join('.'), steps);
    const opened = await (RINGS[ring] as Keyring).unseal(askedFor, text, SALTS[askedWith]);
    const isWhole = text === own && ring !== 'foreign' && sealedFor === askedFor && SALTS[salt] === SALTS[askedWith];
    if (isWhole) assert.equal(opened.kind, 'ok');
    if (opened.kind !== 'ok') return;
    assert.deepEqual([sealedFor, SALTS[salt], opened.isOldKey], [askedFor, SALTS[askedWith], ring === 'rotated']);
    assert.notEqual(ring, 'foreign');
    // Base64url's last character may differ in bits that carry nothing.
    const bytes = text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
    const isMine = own
      .split('.')
      .every((part, index) => Buffer.from(part, 'base64url').toString('hex') === bytes[index]);
    assert.deepEqual(opened.value, isMine ? mine : others);
  },
});

const invented = createTarget({
  name: 'sealed-invented',
  promise: 'no text that somebody made up is one of ours',
  given: fc.record({
    header: fc.oneof(fc.constantFrom<unknown>(...HEADERS), fc.jsonValue(), fc.dictionary(anyText, fc.jsonValue())),
    parts: fc.array(
      fc.oneof(
        fc.base64String().map((text) => text.replace(/=+$/, '')),
        anyText,
      ),
      { maxLength: 6 },
    ),
    askedFor: purpose,
  }),
  async holds({ header, parts, askedFor }) {
    for (const text of [parts.join('.'), [encode(header), '', ...parts].join('.')]) {
      const opened = await (RINGS['rotated'] as Keyring).unseal(askedFor, text);
      assert.notEqual(opened.kind, 'ok');
      const { ver, typ } = (header ?? {}) as { ver?: unknown; typ?: unknown };
      if (opened.kind === 'newer') assert(typeof ver === 'number' && ver > 1 && typ === `postern-${askedFor}`);
    }
  },
});

export const sealedTargets = [unsealing, invented];
