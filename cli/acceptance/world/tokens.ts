// Tokens as a client of ZITADEL's gets them: of service accounts, and those of a session that the gateway hands to the application.

import { readFile } from 'node:fs/promises';
import { decodeProtectedHeader } from 'jose';
import { createAssertion, parseServiceKey } from '../../zitadel-api/credentials.ts';
import { parseJson, readText } from '../../zitadel-api/json.ts';
import { bare, send, type Visitor } from '../browser/visitor.ts';
import { assert, Refuted } from '../ledger.ts';
import { readEcho, type Stage } from './stage.ts';

export async function endpointOf({ instance, system }: Stage, name: string): Promise<URL> {
  const response = await system.fetch(`${instance.issuer}/.well-known/openid-configuration`, {});
  return new URL(readText(await response.json(), name));
}

/** Of the token endpoint; fails with ZITADEL's word for the error. */
async function askForToken(stage: Stage, form: Record<string, string>, headers = {}): Promise<string> {
  const endpoint = await endpointOf(stage, 'token_endpoint');
  const { status, body } = await send(endpoint, { form: new URLSearchParams(form), headers });
  const answer = parseJson(body);
  const token = readText(answer, 'access_token');
  if (token === '') throw new Refuted(`${status} from ${bare(endpoint)}: ${readText(answer, 'error') || 'no token'}`);
  return token;
}

const scopeFor = (projectId: string): string =>
  `openid profile urn:zitadel:iam:org:project:id:${projectId}:aud urn:zitadel:iam:org:projects:roles`;

/** RFC 7523 §2.1. */
export async function fetchByKey(stage: Stage, keyFile: string, projectId: string): Promise<string> {
  const key = parseServiceKey(await readFile(keyFile, 'utf8'), keyFile);
  if (key.kind !== 'key') throw new Refuted('it is no key file');
  return askForToken(stage, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: await createAssertion(key, stage.instance.issuer, stage.system.now()),
    scope: scopeFor(projectId),
  });
}

/** RFC 6749 §4.4. */
export function fetchBySecret(stage: Stage, clientId: string, secret: string, projectId: string): Promise<string> {
  const authorization = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`)}`;
  const form = { grant_type: 'client_credentials', scope: scopeFor(projectId) };
  return askForToken(stage, form, { authorization });
}

export interface SessionTokens {
  readonly accessToken: string;
  readonly idToken: string;
}

/** What the gateway hands on, of the session that the visitor has. */
export async function readTokens({ gateway }: Stage, visitor: Visitor): Promise<SessionTokens> {
  const headers = readEcho(await visitor.go(`${gateway.origin}/echo/tokens`));
  const accessToken = readText(headers, 'authorization').replace(/^Bearer /, '');
  const idToken = readText(headers, 'x-forwarded-id-token');
  assert(accessToken !== '' && idToken !== '', 'the gateway hands no tokens to the application');
  return { accessToken, idToken };
}

export const keyIdOf = (token: string): string => decodeProtectedHeader(token).kid ?? '';
