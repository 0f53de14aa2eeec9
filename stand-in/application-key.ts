// Key files as the console hands them out once: a PKCS#1 PEM (`BEGIN RSA PRIVATE KEY`) inside JSON. RFC 8017 §A.1.

import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Instance } from './instance.ts';
import type { PublicKeyEntry } from './store.ts';

export interface ApplicationKeyFile {
  type: 'application';
  keyId: string;
  key: string;
  appId: string;
  clientId: string;
}

export interface ServiceAccountKeyFile {
  type: 'serviceaccount';
  keyId: string;
  key: string;
  expirationDate: string;
  userId: string;
}

/** 9999-12-31T23:59:59Z: what ZITADEL takes for "never". */
export const NEVER = 253_402_300_799;

const generate = promisify(generateKeyPair);

async function createKey(keys: Map<string, PublicKeyEntry>, keyId: string, expiresAt: number): Promise<string> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  keys.set(keyId, { publicKey, expiresAt });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** `applicationId` is the id of the application, not its client id. Its authentication method is not changed. */
export async function createApplicationKey(
  { written: store, nextId }: Instance,
  applicationId: string,
  expiresAt = NEVER,
): Promise<ApplicationKeyFile> {
  const application = store.applications.get(applicationId);
  if (!application) throw new Error(`no application ${applicationId}`);
  const keyId = nextId();
  const key = await createKey(application.keys, keyId, expiresAt);
  return { type: 'application', keyId, key, appId: application.id, clientId: application.clientId };
}

export async function createServiceAccountKey(
  { written: store, nextId }: Instance,
  userId: string,
  expiresAt = NEVER,
): Promise<ServiceAccountKeyFile> {
  const user = store.users.get(userId);
  if (user?.kind !== 'machine') throw new Error(`no service user ${userId}`);
  const keyId = nextId();
  const key = await createKey(user.keys, keyId, expiresAt);
  const expirationDate = new Date(expiresAt * 1000).toISOString().replace('.000Z', 'Z');
  return { type: 'serviceaccount', keyId, key, expirationDate, userId };
}
