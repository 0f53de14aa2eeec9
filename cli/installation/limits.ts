// What the platform takes of an installation: bytes of each variable and secret as they are deployed, and how many there are.
// Workers: limits (5 KB a variable, secrets too; 64 of them on Free, 128 on Paid; 3 and 10 MB of upload, compressed).

import { gzipSync } from 'node:zlib';
import { isTable } from '../../src/config/values.ts';
import type { VariablesFile } from '../../src/config/variables-file.ts';

/** "5 KB" is said, and no more: between these two a deployment may be refused. */
export const SAFE_BYTES = 5_000;
export const MOST_BYTES = 5_120;
export const MOST_VARIABLES = { free: 64, paid: 128 } as const;
/** Of the compressed upload, less what the worker itself takes of it. */
export const MOST_UPLOAD = { free: 2_800_000, paid: 9_800_000 } as const;

export interface Measured {
  readonly name: string;
  readonly kind: 'variable' | 'secret';
  readonly bytes: number;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** Text goes up as it is, anything else as JSON. */
export const deployedBytes = (value: unknown): number =>
  byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** The longest first. A secret takes the place of a variable of its name. */
export function measureVariables(
  vars: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, unknown>>,
): readonly Measured[] {
  const measure = (kind: Measured['kind'], values: Readonly<Record<string, unknown>>) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => ({ name, kind, bytes: deployedBytes(value) }));
  const variables = measure('variable', vars).filter(({ name }) => !Object.hasOwn(secrets, name));
  return [...variables, ...measure('secret', secrets)].sort((a, b) => b.bytes - a.bytes);
}

export const compressedBytes = (file: VariablesFile): number => gzipSync(JSON.stringify(file)).byteLength;

/** Of a key file, what the gateway reads of it, on one line; `undefined` where the text is none. */
export function smallestKeyFile(text: unknown): number | undefined {
  try {
    const file: unknown = JSON.parse(String(text));
    if (!isTable(file)) return undefined;
    const { type, keyId, key, clientId } = file;
    return deployedBytes({ type, keyId, key, clientId });
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
