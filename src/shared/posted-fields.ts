// The fields of a small form that was posted to one of the gateway's own endpoints.
// URL Standard §5 (application/x-www-form-urlencoded).

import { readLimited } from './read-limited.ts';

/** Bytes; the largest form of ours holds one logout token. */
const MAX_BYTES = 65_536;

/** Undefined for a body of another type, and for one that is larger than any form of ours; that is not read to its end. */
export async function readPostedFields(request: Request): Promise<URLSearchParams | undefined> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return undefined;
  const bytes = await readLimited(request, MAX_BYTES);
  return bytes && new URLSearchParams(new TextDecoder().decode(bytes));
}
