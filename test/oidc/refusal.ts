// ZITADEL's refusals, as oauth4webapi throws them. RFC 6749 §5.2.

import * as oauth from 'oauth4webapi';

export function refusal(
  status: number,
  error: string,
  error_description?: string,
  headers: Record<string, string> = {},
) {
  const cause = { error, ...(error_description !== undefined && { error_description }) };
  return new oauth.ResponseBodyError('refused', { cause, response: new Response(null, { status, headers }) });
}
