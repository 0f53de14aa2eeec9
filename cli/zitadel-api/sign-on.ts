// Signs a service account on to the management API, and finds out which organisation is its own.
// OIDC Discovery §4; the scopes are ZITADEL's reserved ones.

import { CommandError } from '../support/failure.ts';
import { type Credentials, createAssertion } from './credentials.ts';
import { type Json, parseJson, readText } from './json.ts';
import { findOtherName } from './other-name.ts';
import type { Send } from './transport.ts';

/** Paths of the provider's own. */
export interface Endpoints {
  readonly token: string;
  readonly introspection: string;
}

export interface SignedOn {
  readonly token: string;
  readonly endpoints: Endpoints;
  readonly organizationId: string;
}

const SCOPE = 'openid profile urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:project:id:zitadel:aud';
const RESOURCE_OWNER = 'urn:zitadel:iam:user:resourceowner:id';

export async function signOn(send: Send, domain: string, credentials: Credentials, now: number): Promise<SignedOn> {
  const metadata = await readMetadata(send, domain);
  const pathOf = (name: string) => new URL(readText(metadata, name)).pathname;
  const endpoints = { token: pathOf('token_endpoint'), introspection: pathOf('introspection_endpoint') };
  const token =
    credentials.kind === 'token'
      ? credentials.token
      : await fetchToken(send, endpoints.token, domain, credentials, now);
  const response = await send(pathOf('userinfo_endpoint'), { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) {
    throw new CommandError(
      `ZITADEL does not take the ${credentials.kind === 'token' ? 'personal access token' : 'access token'} (${response.status})`,
      {
        hints: ['it is expired, deleted, or of another instance'],
      },
    );
  }
  const claimed = readText(await readJson(response, domain), RESOURCE_OWNER);
  return { token, endpoints, organizationId: claimed || (await askWhose(send, token)) };
}

/** Of a token without scopes, such as the one of a first instance, userinfo tells little; version 1 knows the account. */
async function askWhose(send: Send, token: string): Promise<string> {
  const response = await send('/auth/v1/users/me', { headers: { authorization: `Bearer ${token}` } });
  const account: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  return readText(account, 'user', 'details', 'resourceOwner');
}

async function readMetadata(send: Send, domain: string): Promise<Json> {
  const metadata = await readJson(await send('/.well-known/openid-configuration', {}), domain);
  const issuer = readText(metadata, 'issuer');
  if (issuer === domain) return metadata;
  throw new CommandError(`${domain} says that it is ${issuer || 'nobody'}`, {
    hints: ['--domain must be the issuer, to the letter: the address in ZITADEL’s console'],
  });
}

async function readJson(response: Response, domain: string): Promise<Json> {
  const text = await response.text();
  const body = response.ok ? parseJson(text) : undefined;
  if (body) return body;
  const otherName = findOtherName(text);
  if (otherName !== undefined) {
    throw new CommandError(`the ZITADEL at ${domain} knows itself by another name: ${otherName}`, {
      hints: [
        '--domain must be the address in ZITADEL’s console, to the letter; localhost and 127.0.0.1 are two names',
      ],
    });
  }
  throw new CommandError(`there is no ZITADEL at ${domain} (${response.status} from it, and no JSON)`, {
    hints: ['--domain is the origin of the instance: https://my-instance.zitadel.cloud'],
  });
}

async function fetchToken(
  send: Send,
  path: string,
  domain: string,
  credentials: Credentials & { kind: 'key' },
  now: number,
): Promise<string> {
  const assertion = await createAssertion(credentials, domain, now);
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const response = await send(path, {
    method: 'POST',
    body: new URLSearchParams({ grant_type, assertion, scope: SCOPE }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const token = readText(answer, 'access_token');
  if (response.ok && token !== '') return token;
  const said = readText(answer, 'error_description') || readText(answer, 'error') || String(response.status);
  throw new CommandError(`ZITADEL does not take the service account’s key: ${said}`, {
    hints: ['the key is expired, deleted, or of another instance; or the clock of this machine is wrong'],
  });
}
