// What does not fit into the cookie of a login under way: an address that is too long, a form that was being sent. It lies in an
// object of the login's own until the login's time is over. ARCHITECTURE §3 (first row), §6.
// Why here: it must be readable anywhere on earth at once, and the form exactly once. KV promises neither.

import type { PendingLogin } from './api.ts';
import type { ObjectStorage } from './dependencies.ts';

const ADDRESS = 'kept/address';
const FORM = 'kept/form';

interface Address {
  readonly address: string;
  readonly expiresAt: number;
}

/** Stored as two values: one value may have 2 MB, and a sealed form of 1 MB alone has 1.9 MB. */
export function savePendingLogin(
  storage: ObjectStorage,
  { address, form }: { address?: string; form?: string },
  expiresAt: number,
): void {
  if (address !== undefined) storage.put(ADDRESS, { address, expiresAt } satisfies Address);
  // Without an address nothing would say when the form has to go.
  if (form !== undefined && pendingLoginExpiresAt(storage) !== undefined) storage.put(FORM, form);
}

export function loadPendingLogin(storage: ObjectStorage, now: number): PendingLogin | undefined {
  const entry = storage.get<Address>(ADDRESS);
  if (!entry || entry.expiresAt <= now) return undefined;
  return { address: entry.address, hasForm: storage.get(FORM) !== undefined };
}

export function takePendingForm(storage: ObjectStorage, now: number): string | undefined {
  const form = loadPendingLogin(storage, now) && storage.get<string>(FORM);
  storage.delete(FORM);
  return form;
}

/** Seconds since the epoch; undefined where nothing is kept. */
export function pendingLoginExpiresAt(storage: ObjectStorage): number | undefined {
  return storage.get<Address>(ADDRESS)?.expiresAt;
}

export function removeExpiredLogin(storage: ObjectStorage, now: number): void {
  if ((pendingLoginExpiresAt(storage) ?? now + 1) > now) return;
  storage.delete(ADDRESS);
  storage.delete(FORM);
}
