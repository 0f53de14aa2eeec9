// The authorization response: a code or an error, sent back to the client the way it asked for. RFC 6749 §4.1.2.

import type { Instance } from './instance.ts';
import { formPostPage } from './pages.ts';
import { type OAuthError, redirectTo } from './respond.ts';
import type { AuthRequest } from './sessions.ts';

/** Neither `iss` (RFC 9207) nor `session_state` is in it. */
export async function answer(
  instance: Instance,
  authRequest: AuthRequest,
  result: Record<string, string>,
  cookies: string[] = [],
): Promise<Response> {
  const given = new URLSearchParams(result);
  if (authRequest.state !== null) given.set('state', authRequest.state);
  const params = (await instance.tamper.authorizeResponse?.(given)) ?? given;
  if (authRequest.responseMode === 'form_post') return formPostPage(authRequest.redirectUri, params, cookies);
  const url = new URL(authRequest.redirectUri);
  if (authRequest.responseMode === 'fragment') url.hash = params.toString();
  else for (const [name, value] of params) url.searchParams.append(name, value);
  return redirectTo(url.href, cookies);
}

/** What V1's pages do in the end: they send the browser to ZITADEL, which sends it on. */
export const V1_CALLBACK = '/oauth/v2/authorize/callback';

export async function refuse(instance: Instance, authRequest: AuthRequest, fault: OAuthError): Promise<Response> {
  authRequest.phase = 'failed';
  return answer(instance, authRequest, {
    error: fault.error,
    ...(fault.description !== undefined && { error_description: fault.description }),
  });
}
