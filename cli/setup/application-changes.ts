// What differs between an application and what is wanted of it, field by field; and the whole of what an update has to say. Pure.

import type { Json } from '../zitadel-api/json.ts';

export interface FieldChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

const LISTS = ['redirectUris', 'postLogoutRedirectUris', 'responseTypes', 'grantTypes'];
const FLAGS = ['accessTokenRoleAssertion', 'idTokenRoleAssertion', 'idTokenUserinfoAssertion'];

/** What an existing application lacks. What it has beyond that may be somebody's, and stays. */
export function findWebChanges(existing: Json, wanted: Json): Json {
  const changes: Record<string, unknown> = {};
  for (const name of LISTS) {
    const has = listOf(existing[name]);
    const lacking = listOf(wanted[name]).filter((each) => !has.includes(each));
    if (lacking.length > 0) changes[name] = [...has, ...lacking];
  }
  for (const name of FLAGS) if (existing[name] !== true) changes[name] = true;
  // Plain HTTP is refused without it; switching it off could break another developer's address
  if (wanted['developmentMode'] === true && existing['developmentMode'] !== true) changes['developmentMode'] = true;
  const backChannel = wanted['backChannelLogoutUri'];
  if (backChannel !== undefined && existing['backChannelLogoutUri'] !== backChannel)
    changes['backChannelLogoutUri'] = backChannel;
  return changes;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export function describeChanges(existing: Json, changes: Json): readonly FieldChange[] {
  return Object.entries(changes).map(([field, to]) => {
    const from = existing[field] ?? (typeof to === 'boolean' ? false : undefined);
    return { field, from: print(from), to: print(to) };
  });
}

/** Without the enum's own name, which says nothing. */
function print(value: unknown): string {
  if (isZero(value)) return value === false ? 'false' : 'none';
  if (Array.isArray(value)) return value.map(print).join(', ');
  return typeof value === 'string' ? value.replace(/^OIDC_(?:GRANT|RESPONSE)_TYPE_/, '') : JSON.stringify(value);
}

/** What ZITADEL tells of an application and nobody can tell it. */
const TOLD = ['clientId', 'clientSecret', 'allowedOrigins', 'noneCompliant', 'nonCompliant', 'complianceProblems'];

/** An update makes defaults of what it does not name, so it names everything. */
export function wholeConfiguration(existing: Json, changes: Json): Json {
  return Object.fromEntries(Object.entries({ ...existing, ...changes }).filter(([name]) => !TOLD.includes(name)));
}

/** Fields that differ from what was written. A field that was not written may have any value. */
export function findDifferences(written: Json, found: Json): readonly string[] {
  const isSame = (name: string) => canonical(written[name]) === canonical(found[name]);
  return Object.keys(written).filter((name) => !isSame(name));
}

/** The first of each enum, which ZITADEL leaves out as it does other zero values. */
const ZERO_NAMES = ['OIDC_APP_TYPE_WEB', 'OIDC_AUTH_METHOD_TYPE_BASIC', 'OIDC_VERSION_1_0', 'OIDC_TOKEN_TYPE_BEARER'];

function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return [undefined, null, '', false, 0, '0s', ...ZERO_NAMES].includes(value as never);
}

/** Lists are sets here. */
function canonical(value: unknown): string {
  if (isZero(value)) return '';
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).sort());
  if (typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(members.map(([name, member]) => [name, canonical(member)]));
}
