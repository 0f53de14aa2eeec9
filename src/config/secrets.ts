// Judgement of secrets that the operator makes: long enough, and not what people type, count or copy from an example.
// NIST SP 800-63B §5.1.1.2 (no repetitive, sequential or well-known values). No answer here repeats a secret.

import { lettersAndDigits } from '../shared/field-names.ts';
import { Wanted } from './values.ts';

const PLACEHOLDERS =
  /secret|changeme|changethis|password|passw0rd|placeholder|example|replaceme|replacethis|replacewith|insertyour|yoursession|yourupstream|youroperator|yourgateway|yourvery|yourkey|keyhere|sessionkey|thisisa|randomstring|randomvalue|donotuse|dontuse|openssl|qwertyui|loremipsum/;

export const WANTED_KEY = 'at least 32 random bytes: 64 hexadecimal or 43 base64 characters';
export const WANTED_SHARED = 'at least 32 random characters, printable and without blanks';

/** Key material needs 32 bytes of entropy; how many characters that takes depends on the alphabet (OWASP ASVS 6.2). */
export function judgeKeyMaterial(secret: string): string | Wanted {
  const least = /^\d*$/.test(secret) ? 78 : /^[0-9a-f]*$/i.test(secret) ? 64 : 43;
  if (secret.length < least) return new Wanted(`${WANTED_KEY}; this is too short`);
  return judgeVariety(secret, WANTED_KEY);
}

/** A secret that travels in a header and is compared as it is: 128 bits, in hexadecimal or as a UUID, are as good as any. */
export function judgeSharedSecret(secret: string): string | Wanted {
  if (!/^[\x21-\x7e]*$/.test(secret)) return new Wanted(WANTED_SHARED);
  if (secret.length < 32) return new Wanted(`${WANTED_SHARED}; this is too short`);
  return judgeVariety(secret, WANTED_SHARED);
}

function judgeVariety(secret: string, wanted: string): string | Wanted {
  const weakness = findWeakness(secret);
  return weakness === undefined ? secret : new Wanted(`${wanted}; this ${weakness}`);
}

function findWeakness(secret: string): string | undefined {
  const words = lettersAndDigits(`${secret} ${decodeBase64(secret)}`);
  if (PLACEHOLDERS.test(words)) return 'is a placeholder or a well-known value';
  const least = /^[0-9a-f-]*$/i.test(secret) ? 7 : 12;
  if (new Set(secret).size < least) return 'has too few different characters';
  // Hyphens are left out once, so that digits that count up across a UUID's groups are found.
  const spellings = [secret.toLowerCase(), lettersAndDigits(secret), decodeBase64(secret)];
  for (const units of [...spellings.map(codes), hexBytes(secret)]) {
    if (isRepeated(units)) return 'repeats itself';
    if (isCounted(units)) return 'counts up or down';
  }
  return undefined;
}

const codes = (value: string): number[] => Array.from(value, (character) => character.codePointAt(0) ?? 0);

const hexBytes = (value: string): number[] =>
  /^([0-9a-f]{2})+$/i.test(value) ? (value.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)) : [];

function decodeBase64(value: string): string {
  const standard = value.replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  return /^[A-Za-z0-9+/]+$/.test(standard) && standard.length % 4 !== 1 ? atob(standard) : '';
}

/** Whether it repeats one piece of at most half its length. The last repetition may be cut off. */
function isRepeated(units: readonly number[]): boolean {
  for (let period = 1; period <= units.length / 2; period++) {
    if (units.every((unit, i) => i < period || unit === units[i - period])) return true;
  }
  return false;
}

/** Whether three of four steps from one unit to the next are the same. */
function isCounted(units: readonly number[]): boolean {
  const steps = new Map<number, number>();
  units.forEach((unit, i) => {
    const step = unit - (units[i - 1] ?? unit);
    if (i > 0) steps.set(step, (steps.get(step) ?? 0) + 1);
  });
  return units.length > 8 && Math.max(...steps.values()) >= (units.length - 1) * 0.75;
}
