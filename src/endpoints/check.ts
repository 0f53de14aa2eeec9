// /auth/check: a verdict for a proxy that passes on by itself (nginx auth_request, Traefik and Caddy forward auth, Envoy).
// Design §2. The visitor's request is judged as if it had come here; 204 with the identity headers, 401 or 403.

import { appendCookies, type Endpoint, loginUrl, problemAnswer, type RequestContext } from '../answer/answers.ts';
import { bearerChallenge } from '../answer/challenge.ts';
import { GatewayError } from '../errors.ts';
import { type Admitted, createAdmission } from '../gate/admission.ts';
import type { SendToLogin } from '../gate/enforce.ts';
import { createUpstreamIdentity } from '../gate/upstream-identity.ts';
import { ownResponseHeaders } from '../pages/page-headers.ts';
import { parseAskedRequest } from '../policy/asked-request.ts';
import { setIdentity } from '../proxy/upstream-request.ts';
import { isSameSecret } from '../shared/equal-secrets.ts';

export const check: Endpoint = (gateway) => {
  const { config } = gateway;
  const admission = createAdmission(gateway, sendToLogin);
  const identityOf = createUpstreamIdentity(gateway);

  /** These proxies know 2xx, 401 and 403; of anything else nginx makes a 500. */
  async function admit(c: RequestContext, host: string, path: string): Promise<Admitted | Response> {
    const admitted = await admission.admit(c, { host, path }).catch((error: unknown) => {
      if (error instanceof GatewayError && error.code === 'bad_request') throw forbidden(error.message);
      throw error;
    });
    if (!(admitted instanceof Response) || admitted.status !== 400) return admitted;
    const headers = { 'WWW-Authenticate': admitted.headers.get('WWW-Authenticate') ?? 'Bearer' };
    return problemAnswer(gateway, c, 'invalid_token', c.get('event').reason ?? '', { headers });
  }

  return async (c) => {
    if (!(await isSameSecret(c.req.header('x-gateway-secret') ?? '', config.upstreamSecrets))) {
      throw forbidden('wrong or no X-Gateway-Secret');
    }
    const asked = parseAskedRequest(c.req.raw.headers, new URL(c.req.url));
    if (!asked) throw forbidden('no method and URI to believe');
    const { method, path } = asked;
    const { host, pathname, search } = new URL(asked.url);
    if (!gateway.servesHost(host)) throw forbidden(`host ${host}`);
    Object.assign(c.get('event'), { method, host, path });
    const context: RequestContext = {
      req: { raw: c.req.raw, method, url: asked.url, header: (name) => c.req.header(name) },
      get: (key) => c.get(key),
      isAskedFor: true,
      returnTo: method === 'GET' || method === 'HEAD' ? pathname + search : undefined,
    };
    const admitted = await admit(context, host, path);
    if (admitted instanceof Response) return admitted;
    const response = new Response(null, { status: 204, headers: ownResponseHeaders(config) });
    setIdentity(response.headers, await identityOf(context, admitted));
    return appendCookies(response, await admission.renewedCookies(admitted));
  };
};

/** `Location` is for nginx (`auth_request_set`) and Caddy, `Refresh` for whoever passes this answer on to the visitor as it is. */
const sendToLogin: SendToLogin = (gateway, c, { returnTo, stepUp }, _formerSub, { credentials }) => {
  const code = stepUp ? 'insufficient_user_authentication' : 'unauthenticated';
  const challenge = bearerChallenge(gateway.config, stepUp ? { error: 'insufficient_user_authentication' } : {});
  const headers = { ...((credentials.bearer || stepUp) && { 'WWW-Authenticate': challenge }) };
  // What a form was sent to is no page to come back to.
  if (c.returnTo === undefined) return problemAnswer(gateway, c, code, 'a form', { headers });
  const login_url = loginUrl(gateway, returnTo) + (stepUp ? '&prompt=login' : '');
  return problemAnswer(gateway, c, code, 'a navigation', {
    members: { login_url },
    headers: { ...headers, Location: login_url, Refresh: `0;url=${login_url}` },
  });
};

function forbidden(reason: string): GatewayError {
  return new GatewayError('forbidden', `check: ${reason}`);
}
