// A connection to ZITADEL's management API: version 2 first, the deprecated version 1 where an older server lacks it.
// In a dry run it reads, and of each write only says what it would be.

import { CommandError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { ApiError, toApiError } from './api-error.ts';
import { type Call, isPlanned } from './call.ts';
import type { Credentials } from './credentials.ts';
import { type Json, readAt, readText } from './json.ts';
import { signOn } from './sign-on.ts';
import { createTransport } from './transport.ts';

export type Service = 'project' | 'application' | 'authorization' | 'user' | 'user-write';

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

export type Observe = (call: Call, kind: 'read' | 'write' | 'planned') => void;

export interface Connection {
  readonly domain: string;
  /** Whose projects and users are meant. */
  readonly organizationId: string;
  readonly isDryRun: boolean;
  readonly wait: System['wait'];
  /** `undefined` in a dry run. */
  write(versions: Versions): Promise<Json | undefined>;
  read(versions: Versions): Promise<Json>;
  /** All pages; empty in a dry run of what is not made yet. */
  list(pageOf: (page: Page) => Versions, itemsOf: (answer: Json) => readonly unknown[]): Promise<readonly unknown[]>;
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
      hints: ['--org ID names the organisation'],
    });
  const lacking = new Set<Service>();

  async function run(call: Call): Promise<Json> {
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
    if (!response.ok) throw await toApiError(call, response);
    return (await response.json()) as Json;
  }

  async function runEither({ service, v2, v1 }: Versions, kind: 'read' | 'write'): Promise<Json> {
    if (!lacking.has(service)) {
      try {
        observe?.(v2, kind);
        return await run(v2);
      } catch (cause) {
        if (!(cause instanceof ApiError && cause.kind === 'missing-method')) throw cause;
        lacking.add(service);
      }
    }
    observe?.(v1, kind);
    return await run(v1);
  }

  const connection: Connection = {
    domain,
    organizationId,
    isDryRun,
    wait: system.wait,
    lacks: (service) => lacking.has(service),
    read: (versions) => runEither(versions, 'read'),
    write: async (versions) => {
      if (!isDryRun) return runEither(versions, 'write');
      observe?.(lacking.has(versions.service) ? versions.v1 : versions.v2, 'planned');
      return undefined;
    },
    list: async (pageOf, itemsOf) => {
      const all: unknown[] = [];
      for (;;) {
        const versions = pageOf({ offset: all.length, limit: PAGE_SIZE, asc: true });
        if (isDryRun && isPlanned(versions.v2)) return [];
        const answer = await connection.read(versions);
        const items = itemsOf(answer);
        all.push(...items);
        if (items.length === 0 || all.length >= totalOf(answer)) return all;
      }
    },
  };
  return connection;
}

/** Numbers of 64 bits are text. */
function totalOf(answer: Json): number {
  return Number(
    readText(answer, 'pagination', 'totalResult') ||
      readText(answer, 'details', 'totalResult') ||
      readAt(answer, 'total') ||
      0,
  );
}
