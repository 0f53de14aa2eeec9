// Headers of Pomerium: to the application (jwt_claims_headers) and to the visitor (set_response_headers).

import { safeParse } from 'valibot';
import { identityHeaders, securityHeaders as securityTable } from '../../../src/config/header-tables.ts';
import { isTable } from '../../../src/config/values.ts';
import { type Table, tableOf, textOf, textsOf } from '../formats/structured.ts';
import type { Ledger } from '../ledger.ts';

const CLAIMS: Readonly<Record<string, string>> = { groups: 'roles', user: 'sub' };

export function passedHeaders(ledger: Ledger): Table {
  const value = ledger.take('jwt_claims_headers');
  const named = isTable(value)
    ? Object.entries(value).map(([name, claim]) => [name, textOf(claim) ?? ''] as const)
    : textsOf(value)
        .flatMap((text) => text.split(/[\s,]+/))
        .map((claim) => [`X-Pomerium-Claim-${claim.replace(/[^A-Za-z0-9-]/g, '-')}`, claim] as const);
  const sound = named.filter(([name, claim]) => isSound(identityHeaders, name, CLAIMS[claim] ?? claim, ledger));
  if (sound.length === 0) return {};
  return { IDENTITY_HEADERS: Object.fromEntries(sound.map(([name, claim]) => [name, CLAIMS[claim] ?? claim])) };
}

export function securityHeaders(ledger: Ledger): Table {
  const wanted = Object.entries(tableOf(ledger.take('set_response_headers'))).filter(([name]) => name !== 'disable');
  const sound = wanted.filter(([name, value]) => isSound(securityTable, name, textOf(value), ledger));
  return sound.length === 0
    ? {}
    : { SECURITY_HEADERS: Object.fromEntries(sound.map(([name, value]) => [name, textOf(value)])) };
}

function isSound(
  table: typeof identityHeaders | typeof securityTable,
  name: string,
  value: unknown,
  ledger: Ledger,
): boolean {
  if (safeParse(table, { [name]: value }).success) return true;
  ledger.note('lost', `header ${name}`, 'a header of this name, or with this value, has a meaning that must stand');
  return false;
}
