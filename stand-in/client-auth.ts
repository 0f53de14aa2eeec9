// Client authentication at token and revocation endpoint. RFC 6749 §2.3, but `invalid_client` comes with 400.

import { peekAssertion, verifyAssertion } from './assertion.ts';
import type { Exchange, Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import { type Application, findApplicationByClientId } from './store.ts';

const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Of all three endpoints where clients authenticate. */
export const NOBODY = new OAuthError('invalid_request', 'client_id or client_assertion must be provided');

export interface ClientCredentials {
  clientId: string;
  clientSecret: string;
  assertion: string | undefined;
}

/** Basic overrides the form; both halves of it are form-encoded (RFC 6749 §2.3.1). */
export function readCredentials({ request, params }: Exchange): ClientCredentials {
  const basic = /^basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const isAssertion = params.get('client_assertion_type') === JWT_BEARER_ASSERTION;
  const assertion = (isAssertion && params.get('client_assertion')) || undefined;
  if (basic === undefined) {
    const clientId = params.get('client_id') ?? '';
    return { clientId, clientSecret: params.get('client_secret') ?? '', assertion };
  }
  const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { clientId: formDecode(id), clientSecret: formDecode(secret.join(':')), assertion };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    if (cause instanceof URIError) throw new OAuthError('invalid_client', 'invalid basic auth header');
    throw cause;
  }
}

function findApplicationKey(instance: Instance, clientId: string, kid: string) {
  return findApplicationByClientId(instance.store, clientId)?.keys.get(kid);
}

export async function verifyClientAssertion(
  instance: Instance,
  issuer: string,
  assertion: string,
  skew: number,
): Promise<string | undefined> {
  const findKey = (clientId: string, kid: string) => findApplicationKey(instance, clientId, kid);
  return verifyAssertion(instance, assertion, { issuer, skew, findKey });
}

export async function authenticateClient(instance: Instance, exchange: Exchange): Promise<Application> {
  const { clientId, clientSecret, assertion } = readCredentials(exchange);
  if (assertion !== undefined) return authenticateByAssertion(instance, exchange, assertion);
  if (clientId === '') throw NOBODY;
  const application = findActiveClient(instance, clientId);
  switch (application.authMethod) {
    case 'none':
      // A secret sent along is ignored: whole families of libraries send a random one.
      return application;
    case 'client_secret_basic':
    case 'client_secret_post':
      if (clientSecret === '') throw new OAuthError('invalid_client', 'empty client secret');
      if (clientSecret !== application.clientSecret) throw new OAuthError('invalid_client', 'invalid secret');
      return application;
    case 'private_key_jwt':
      throw new OAuthError('invalid_client', 'empty client assertion');
  }
}

function findActiveClient(instance: Instance, clientId: string): Application {
  const application = findApplicationByClientId(instance.store, clientId);
  if (!application?.active || application.kind !== 'oidc') {
    throw new OAuthError('invalid_client', 'no active client not found');
  }
  return application;
}

async function authenticateByAssertion(
  instance: Instance,
  { issuer }: Exchange,
  assertion: string,
): Promise<Application> {
  const peeked = peekAssertion(assertion);
  // An assertion that is no JWT is refused without a description
  if (!peeked) throw new OAuthError('invalid_client');
  const named = findApplicationByClientId(instance.store, peeked.iss);
  const clientId = await verifyClientAssertion(instance, issuer, assertion, named?.clockSkew ?? 0);
  if (clientId === undefined) throw new OAuthError('invalid_client', 'invalid assertion');
  const application = findActiveClient(instance, clientId);
  if (application.authMethod !== 'private_key_jwt') throw new OAuthError('invalid_client', 'invalid assertion');
  return application;
}
