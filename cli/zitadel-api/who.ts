// Whom a command acts as, from its flags, the environment, or a prompt. No flag takes a secret itself: others see command lines.

import { readFile } from 'node:fs/promises';
import { UsageError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { type Credentials, parseServiceKey, parseToken } from './credentials.ts';

export const WHO_OPTIONS = {
  key: { type: 'string' },
  'pat-file': { type: 'string' },
} as const;

export const WHO_HELP = `  --key FILE         key file (JSON) of a service account with the role Org Owner
  --pat-file FILE    or a file with its personal access token; or ZITADEL_PAT in the environment`;

interface WhoFlags {
  readonly key?: string | undefined;
  readonly 'pat-file'?: string | undefined;
}

export const WHO_FLAGS = '--key FILE (or --pat-file FILE)';

/** `undefined`: nobody is named, and nobody is there to ask. */
export async function readCredentials(flags: WhoFlags, { env, prompts }: System): Promise<Credentials | undefined> {
  const { key, 'pat-file': tokenFile } = flags;
  if (key !== undefined && tokenFile !== undefined) throw new UsageError('either --key or --pat-file, not both');
  if (key !== undefined) return parseServiceKey(await readFile(key, 'utf8'), key);
  if (tokenFile !== undefined) return parseToken(await readFile(tokenFile, 'utf8'));
  if (env['ZITADEL_PAT']) return parseToken(env['ZITADEL_PAT']);
  if (!prompts) return undefined;
  const how = await prompts.choose('How does this command sign in at ZITADEL?', [
    { value: 'key', label: 'with a service account’s key file' },
    { value: 'token', label: 'with a personal access token' },
  ]);
  if (how === 'token') return parseToken(await prompts.secret({ message: 'Personal access token' }));
  const typed = await prompts.text({ message: 'Path of the key file', check: isEmpty });
  // A shell would have done this
  const path = typed.trim().replace(/^~(?=\/)/, () => env['HOME'] ?? '~');
  return parseServiceKey(await readFile(path, 'utf8'), path);
}

const isEmpty = (answer: string): string | undefined => (answer.trim() === '' ? 'a path is wanted' : undefined);
