// Describes the browser in which a session began, for the list of a user's own sessions.
// ARCHITECTURE §2 /auth/profile: device and place, as the edge knows it.

import type { SignedInFrom } from '../../user-object/api.ts';

export function deviceOf(request: Request): SignedInFrom {
  const userAgent = request.headers.get('user-agent')?.slice(0, 300);
  const { city, country } = (request as { cf?: { city?: unknown; country?: unknown } }).cf ?? {};
  const place = [city, country].filter((part) => typeof part === 'string' && part !== '').join(', ');
  return { ...(userAgent && { userAgent }), ...(place && { place }) };
}
