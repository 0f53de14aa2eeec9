// Passes an allowed request on: whose identity, which tokens, which assertion, and until when a long answer may go on.
// Design §4.

import type { Gateway } from '../gateway.ts';
import { compileIdentityHeaders, type HeaderList } from '../identity/headers.ts';
import { compileReservedNames } from '../identity/reserved-names.ts';
import type { Requirement } from '../policy/requirement.ts';
import { nextTraceparent } from '../proxy/trace-context.ts';
import { compileUpstreamRequest } from '../proxy/upstream-request.ts';
import { compileResponseHeaders } from '../proxy/upstream-response.ts';
import { randomHex } from '../session/refresh-tokens.ts';
import type { AppContext } from './answers.ts';
import { callerOf, type Who } from './authenticate.ts';

const NOBODY: HeaderList = [];

export type Forward = (
  c: AppContext,
  requirement: Requirement,
  who: Who,
  stillAllowed: () => Promise<boolean>,
) => Promise<Response>;

export function createForwarding(gateway: Gateway): Forward {
  const { config } = gateway;
  const identityHeadersOf = compileIdentityHeaders(config);
  const buildRequest = compileUpstreamRequest(config, compileReservedNames(config));
  const buildHeaders = compileResponseHeaders(config);
  return async (c, requirement, who) => {
    const request = c.req.raw;
    const caller = callerOf(who);
    const { forwarding } = requirement;
    const built = buildRequest(request, forwarding, {
      requestId: c.var.event.request_id,
      traceparent: nextTraceparent(request.headers.get('traceparent'), randomHex),
      identityHeaders: caller ? identityHeadersOf(caller.identity) : NOBODY,
      consumesAuthorization: requirement.credentials.bearer,
    });
    const answer = await gateway.fetch(built.url, {
      method: request.method,
      headers: built.headers,
      body: request.body,
      redirect: 'manual',
      ...(request.body && { duplex: 'half' }),
    } as RequestInit);
    c.var.event.upstream_status = answer.status;
    const headers = buildHeaders(answer, { addresses: built.addresses, isPersonal: caller !== undefined || !requirement.isPublic });
    return new Response(answer.body, { status: answer.status, headers });
  };
}
