// JSON as protobuf writes it: camelCase, nothing that has its type's zero value, pages of lists, dates of records.
// Protocol Buffers, "ProtoJSON Format".

import type { Instance } from '../instance.ts';
import type { User } from '../store.ts';
import { ApiFault } from './errors.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies are what callers send, and each reader says what it wants of them.
export type Body = any;

/** One method of the API: from the caller and what they send to what they get. */
export interface ApiRequest {
  readonly body: Body;
  /** The variable pieces of a REST path. */
  readonly path: readonly string[];
  /** The domain that was asked. */
  readonly issuer: string;
}

export type ConnectMethod = (instance: Instance, caller: User, body: Body) => object | Promise<object>;

/** Filters come as a list of tables with one name each. */
export const filterOf = (body: Body, name: string) =>
  body.filters?.find((filter: Body) => filter[name] !== undefined)?.[name];

/** Methods of the two ways in are named alike but for the prefix. */
export const matchesText = (text: string, wanted: string, method = ''): boolean =>
  method.endsWith('_STARTS_WITH') ? text.startsWith(wanted) : text === wanted;

/** Numbers of 64 bits are text. What the caller may not see is counted all the same. */
export const totals = (all: readonly unknown[], query: Body) => ({
  totalResult: String(all.length),
  appliedLimit: String(query?.limit ?? DEFAULT_LIMIT),
});

/** Leaves out what has its zero value, as ProtoJSON does. Lists keep their members. */
export function compact(message: object): object {
  const kept = Object.entries(message).flatMap(([name, value]) => {
    if (value === undefined || value === '' || value === false || value === 0) return [];
    if (Array.isArray(value)) return value.length === 0 ? [] : [[name, value.map(compactMember)]];
    return [[name, compactMember(value)]];
  });
  return Object.fromEntries(kept);
}

const compactMember = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? compact(value) : value;

export function timestamp({ now }: Instance): string {
  return new Date(now() * 1000).toISOString();
}

const MOST = 1000;
const DEFAULT_LIMIT = 100;

export function pageOf<Item>(items: readonly Item[], query: Body): readonly Item[] {
  const { limit = DEFAULT_LIMIT, offset = 0 } = query ?? {};
  if (Number(limit) > MOST) throw new ApiFault('invalid_argument', 'Errors.Query.LimitExceeded', 'QUERY-4M0fs');
  return items.slice(Number(offset), Number(offset) + Number(limit));
}

/** Lists go by the moment of creation unless they are told otherwise; what was made at the same one comes in another order each time. */
export function inOrder<Item>(items: readonly Item[], { sortingColumn, pagination }: Body): readonly Item[] {
  return sortingColumn === undefined && pagination?.offset > 0 ? items.toReversed() : items;
}

/** Of a record, in version 1's answers. */
export function detailsOf(instance: Instance, resourceOwner: string) {
  return { sequence: '1', creationDate: timestamp(instance), changeDate: timestamp(instance), resourceOwner };
}

/** Where an update without a difference is taken for a mistake. */
export function assertChanged(isChanged: boolean, id = 'COMMAND-1m88i'): void {
  if (!isChanged) throw new ApiFault('failed_precondition', 'Errors.NoChangesFound', id);
}

export function requireText(body: Body, ...names: readonly string[]): void {
  for (const name of names) {
    if (typeof body?.[name] !== 'string' || body[name] === '') {
      throw new ApiFault(
        'invalid_argument',
        `invalid ${name}: value length must be between 1 and 200 runes, inclusive`,
      );
    }
  }
}
