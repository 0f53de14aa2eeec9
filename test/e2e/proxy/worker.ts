// A worker that only forwards, for everybody as one user: what stands here in front is the rest of the gateway.
// Bundled and run in Miniflare by forwarding.ts.

import type { Config } from '../../../src/config/schema.ts';
import { GatewayError } from '../../../src/errors.ts';
import { compileIdentityHeaders } from '../../../src/identity/headers.ts';
import { compileReservedNames } from '../../../src/identity/reserved-names.ts';
import { createForward, type Forward } from '../../../src/proxy/forward.ts';

interface Env {
  readonly CONFIG: Config;
  /** Answers `true`, or why the session is over. */
  readonly CONTROL: string;
}

let forward: Forward | undefined;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    forward ??= createForward({
      config: env.CONFIG,
      bindings: env as unknown as Record<string, unknown>,
      fetch: (input, init) => fetch(input, init),
      isReservedName: compileReservedNames(env.CONFIG),
    });
    const identityHeaders = compileIdentityHeaders({})({ sub: 'ada', roles: { staff: ['1'] }, claims: {} });
    const stillAllowed = async () => {
      const answer = await (await fetch(env.CONTROL)).text();
      return answer === 'true' ? true : answer;
    };
    const isPublic = new URL(request.url).pathname.startsWith('/public');
    const upstream = { origin: 'http://self', basePath: '', binding: 'SELF' };
    const bound = { origin: 'http://upstream', basePath: '', binding: 'UPSTREAM' };
    const forwarding = {
      timeout: 2,
      ...(new URL(request.url).pathname === '/loop' && { upstream }),
      ...(new URL(request.url).pathname.startsWith('/bound') && { upstream: bound, upstream_host: 'public' }),
    };
    try {
      const response = await forward(request, forwarding, {
        requestId: 'r-1',
        traceparent: `00-${'7'.repeat(32)}-${'7'.repeat(16)}-01`,
        identityHeaders: isPublic ? [] : identityHeaders,
        consumesAuthorization: false,
        isPublic,
        stillAllowed,
      });
      // As the gateway does with every response, whatever made it.
      response.headers.set('X-Request-Id', 'r-1');
      response.headers.append('Set-Cookie', 'postern=renewed');
      return response;
    } catch (error) {
      return new Response(error instanceof GatewayError ? error.code : `not a fault: ${error}`, {
        status: error instanceof GatewayError ? 502 : 500,
      });
    }
  },
};
