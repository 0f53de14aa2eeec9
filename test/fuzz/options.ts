// What `npm run fuzz` can be told.

import { parseArgs } from 'node:util';
import { GATEWAY, PARSERS, PROVIDER } from '../property/targets.ts';

export interface FuzzOptions {
  /** For all targets together. */
  readonly seconds: number;
  readonly targets: readonly string[];
  readonly seed: number;
  /** Of one case: where a failure lies in the sequence that the seed makes. */
  readonly path?: string;
}

export const NAMES: readonly string[] = [...PARSERS, ...PROVIDER, ...GATEWAY].map(({ name }) => name);

export function readOptions(args: string[]): FuzzOptions | { readonly problem: string } {
  let values: { seconds?: string; only?: string; seed?: string; path?: string };
  try {
    const option = { type: 'string' } as const;
    ({ values } = parseArgs({ args, options: { seconds: option, only: option, seed: option, path: option } }));
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const { seconds = '60', only, seed = String(Date.now() % 2 ** 31), path } = values;
  if (!/^[1-9]\d{0,5}$/.test(seconds)) return { problem: '--seconds wants a whole number' };
  if (!/^-?\d{1,10}$/.test(seed)) return { problem: '--seed wants a whole number' };
  const targets = only === undefined ? NAMES : only.split(',');
  const unknown = targets.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return { problem: `there is no target ${unknown}; there are ${NAMES.join(', ')}` };
  if (path !== undefined && (targets.length !== 1 || !/^\d+(:\d+)*$/.test(path))) {
    return { problem: '--path wants numbers with colons between them, with one --only and the --seed' };
  }
  return { seconds: Number(seconds), targets, seed: Number(seed), ...(path !== undefined && { path }) };
}
