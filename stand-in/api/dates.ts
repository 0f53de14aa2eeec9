// Expiry of keys and tokens, as it is sent and as the store keeps it. RFC 3339.

import { NEVER } from '../application-key.ts';
import { ApiFault } from './errors.ts';

/** Seconds since 1970; without a date, never. */
export function secondsOf(date: string | undefined): number {
  if (date === undefined || date === '') return NEVER;
  const time = Date.parse(date);
  if (Number.isNaN(time))
    throw new ApiFault('invalid_argument', `proto: invalid google.protobuf.Timestamp value "${date}"`);
  return Math.floor(time / 1000);
}
