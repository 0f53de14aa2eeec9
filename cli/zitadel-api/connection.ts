// A connection to ZITADEL's management API: version 2 first, the deprecated version 1 where an older server lacks it.
// In a dry run it reads, and of each write only says what it would be.

import { CommandError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { isApiError, toApiError } from './api-error.ts';
import { type Call, isPlanned } from './call.ts';
import type { Credentials } from './credentials.ts';
import { type Json, readAt, readText } from './json.ts';
import { type Endpoints, signOn } from './sign-on.ts';
import { createTransport, type Send } from './transport.ts';

export type Service = 'project' | 'application' | 'authorization' | 'user' | 'user-write' | 'mail';

/** The same in both versions; each answer is read by whoever asked. */
export interface Versions {
  readonly service: Service;
  readonly v2: Call;
  readonly v1: Call;
}

export interface Page {
  readonly offset: number;
  readonly limit: number;
  readonly asc: true;
}

/** Of a list, what this account gets to see. */
export interface Seen<Item> {
  readonly all: readonly Item[];
  /** So many more are there that ZITADEL counts and does not show. */
  readonly hidden: number;
}

export type Observe = (call: Call, kind: 'read' | 'write' | 'planned') => void;

export interface Connection {
  readonly domain: string;
  /** Whose projects and users are meant. */
  readonly organizationId: string;
  readonly isDryRun: boolean;
  readonly wait: System['wait'];
  readonly now: System['now'];
  /** As anybody, to the provider's own endpoints. */
  readonly send: Send;
  readonly endpoints: Endpoints;
  /** `undefined` in a dry run. */
  write(versions: Versions): Promise<Json | undefined>;
  read(versions: Versions): Promise<Json>;
  /** All pages of what is named in the plural; empty in a dry run of what is not made yet. */
  list(
    what: string,
    pageOf: (page: Page) => Versions,
    itemsOf: (answer: Json) => readonly unknown[],
  ): Promise<Seen<unknown>>;
  /** Whether the server turned out to lack version 2 of the service. */
  lacks(service: Service): boolean;
}

export interface ConnectionOptions {
  readonly system: System;
  readonly domain: string;
  readonly credentials: Credentials;
  /** Instead of the service account's own. */
  readonly organizationId?: string | undefined;
  readonly isDryRun?: boolean;
  readonly observe?: Observe;
}

const PAGE_SIZE = 200;

export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const { system, domain, credentials, isDryRun = false, observe } = options;
  const send = createTransport(system, domain);
  const signedOn = await signOn(send, domain, credentials, system.now());
  const organizationId = options.organizationId ?? signedOn.organizationId;
  if (organizationId === '')
    throw new CommandError('ZITADEL does not say whose account this is', {
      hints: [
        'its token has neither the scopes that tell nor the permission to ask; --org ID names the organisation',
        'the id is in ZITADEL’s console: Organization, Resource Id',
      ],
    });
  const lacking = new Set<Service>();

  async function run(call: Call, reading?: string): Promise<Json> {
    const response = await send(call.path, {
      method: call.method,
      headers: {
        authorization: `Bearer ${signedOn.token}`,
        'content-type': 'application/json',
        'connect-protocol-version': '1',
        // Version 1 knows the organisation from here
        'x-zitadel-orgid': organizationId,
      },
      ...(call.body && { body: JSON.stringify(call.body) }),
    });
    if (!response.ok) throw await toApiError(call, response, reading);
    return (await response.json()) as Json;
  }

  async function runEither({ service, v2, v1 }: Versions, kind: 'read' | 'write', reading?: string): Promise<Json> {
    if (!lacking.has(service)) {
      try {
        observe?.(v2, kind);
        return await run(v2, reading);
      } catch (cause) {
        if (!isApiError(cause, 'missing-method')) throw cause;
        lacking.add(service);
      }
    }
    observe?.(v1, kind);
    return await run(v1, reading);
  }

  const connection: Connection = {
    domain,
    organizationId,
    isDryRun,
    wait: system.wait,
    now: system.now,
    send,
    endpoints: signedOn.endpoints,
    lacks: (service) => lacking.has(service),
    read: (versions) => runEither(versions, 'read'),
    write: async (versions) => {
      if (!isDryRun) return runEither(versions, 'write').catch(takeUnchanged);
      observe?.(lacking.has(versions.service) ? versions.v1 : versions.v2, 'planned');
      return undefined;
    },
    list: async (what, pageOf, itemsOf) => {
      const all: unknown[] = [];
      for (let offset = 0; ; ) {
        const versions = pageOf({ offset, limit: PAGE_SIZE, asc: true });
        if (isDryRun && isPlanned(versions.v2)) return { all: [], hidden: 0 };
        const answer = await runEither(versions, 'read', what);
        const items = itemsOf(answer);
        all.push(...items);
        const step = stepOf(answer, items.length);
        offset += step;
        const total = totalOf(answer);
        if (step === 0 || offset >= total) return { all, hidden: Math.max(0, total - all.length) };
      }
    },
  };
  return connection;
}

/** It is so already: somebody else was faster, or the list that was read lags behind. */
function takeUnchanged(cause: unknown): Json {
  if (isApiError(cause, 'unchanged')) return {};
  throw cause;
}

/** A page that hides some of its items is as long as ZITADEL says, not as what is left of it. */
const stepOf = (answer: Json, shown: number): number => Number(readText(answer, 'pagination', 'appliedLimit')) || shown;

/** Numbers of 64 bits are text. */
function totalOf(answer: Json): number {
  return Number(
    readText(answer, 'pagination', 'totalResult') ||
      readText(answer, 'details', 'totalResult') ||
      readAt(answer, 'total') ||
      0,
  );
}
