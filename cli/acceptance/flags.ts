// The flags of `acceptance`, and what --help says of them.

import { parseArgs } from 'node:util';
import { UsageError } from '../support/failure.ts';

export const ACCEPTANCE_HELP = `acceptance: the whole life of a gateway against a live ZITADEL, made for it and removed afterwards

  npx postern acceptance --issuer https://my-test-instance.zitadel.cloud --admin-key admin.json

  --issuer URL       ZITADEL's domain; an instance for tests, best a fresh one
  --admin-key FILE   key file (JSON) of a service account with the role IAM Owner
  --not-empty        the instance may hold more than a fresh one does; what is there is not touched
  --rotate-keys      try the rotation of signing keys there too: for its time other applications
                     of the instance get tokens that are signed with keys made here
  --cleanup          only removes what runs left that were killed in this folder
  --json             the result as JSON

It makes projects, applications, people and service accounts, all named postern-acceptance-…, runs setup, doctor and
users, starts the gateway and an application on loopback, and visits them. What it makes is noted below
.postern/acceptance first, and removed in the end, also after Ctrl-C.

Exit codes: 0 nothing failed, 1 something did or was left behind, 2 the command makes no sense`;

export const ACCEPTANCE_OPTIONS = {
  issuer: { type: 'string' },
  'admin-key': { type: 'string' },
  'not-empty': { type: 'boolean' },
  'rotate-keys': { type: 'boolean' },
  cleanup: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export type AcceptanceFlags = ReturnType<typeof parseArgs<{ options: typeof ACCEPTANCE_OPTIONS }>>['values'];

export function parseFlags(args: readonly string[]): AcceptanceFlags {
  return parseArgs({ args: [...args], options: ACCEPTANCE_OPTIONS }).values;
}

export function requireFlag(flags: AcceptanceFlags, name: 'issuer' | 'admin-key'): string {
  const value = flags[name];
  if (value) return value;
  throw new UsageError(`missing: --${name} ${name === 'issuer' ? 'URL' : 'FILE'}`);
}
