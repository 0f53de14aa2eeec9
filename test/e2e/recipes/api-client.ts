// An API client as docs/api-clients.md has it: a service user with a key file gets a token and calls. RFC 7523 §2.1; ZITADEL's key files.

import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ApplicationKeyFile } from '../../../stand-in/application-key.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createZitadel, type Zitadel } from '../../../stand-in/zitadel.ts';
import type { RunningWorker } from '../../support/worker.ts';

const SCOPE = [
  'openid',
  'profile',
  `urn:zitadel:iam:org:project:id:${SEED.projectId}:aud`,
  'urn:zitadel:iam:org:projects:roles',
  // The guide asks for it; ZITADEL drops it.
  'read:messages',
].join(' ');

export interface GuideKey {
  /** As the guide's `client-key-file.json`, for ZITADEL_API_KEY. */
  readonly file: string;
  /** Tells the stand-in the public half, once there is one. */
  register(zitadel: Zitadel): void;
}

/** The gateway needs the file before it starts, and the stand-in starts with it. */
export async function createGuideKey(): Promise<GuideKey> {
  const elsewhere = createZitadel();
  const file: ApplicationKeyFile = await elsewhere.createApplicationKey(SEED.apiApplicationId);
  return {
    file: JSON.stringify(file),
    register({ apiApplication }) {
      const entry = elsewhere.apiApplication.keys.get(file.keyId);
      if (!entry) throw new Error('the key is gone');
      apiApplication.keys.set(file.keyId, entry);
      apiApplication.authMethod = 'private_key_jwt';
    },
  };
}

export async function fetchServiceToken(zitadel: Zitadel, kind: 'JWT' | 'opaque'): Promise<string> {
  const user = zitadel.store.users.get(SEED.users.service);
  if (user?.kind !== 'machine') throw new Error('no service user');
  user.accessTokenType = kind === 'JWT' ? 'JWT' : 'Bearer';
  const { key, keyId, userId } = await zitadel.createServiceAccountKey(user.id);
  const assertion = await new SignJWT({ iss: userId, sub: userId, aud: zitadel.issuer })
    .setProtectedHeader({ alg: 'RS256', kid: keyId })
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(createPrivateKey(key));
  const answer = await fetch(`${zitadel.issuer}/oauth/v2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', scope: SCOPE, assertion }),
  });
  const { access_token } = (await answer.json()) as { access_token?: string };
  if (!access_token) throw new Error(`no token: ${answer.status}`);
  return access_token;
}

/** As curl does it: no cookie, no navigation. */
export function call(worker: RunningWorker, path: string, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return worker.browser().send(path, { headers: { accept: '*/*', ...authorization } });
}
