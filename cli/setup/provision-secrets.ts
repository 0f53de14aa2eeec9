// Secrets of the gateway and keys: made when they are missing, put away at once, shown to nobody.

import { randomBytes } from 'node:crypto';
import { judgeKeyMaterial } from '../../src/config/secrets.ts';
import { readIfThere } from '../installation/files.ts';
import { CommandError } from '../support/failure.ts';
import { type Application, createApplicationKey } from '../zitadel-api/applications.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { readText } from '../zitadel-api/json.ts';
import { isApplicationKeyTaken, isServiceKeyTaken } from '../zitadel-api/prove-key.ts';
import { createServiceKey, type User } from '../zitadel-api/users.ts';
import { writeSecretFile } from './deployment-files.ts';
import type { Journal } from './journal.ts';
import type { SecretStore } from './secret-stores.ts';

/** What ZITADEL takes for "never". */
const NEVER = '9999-12-31T23:59:59Z';

const isStrong = (secret: string): boolean =>
  secret.split(',').every((each) => typeof judgeKeyMaterial(each.trim()) === 'string');

export async function provideSessionSecret(
  { isDryRun }: Connection,
  journal: Journal,
  secrets: SecretStore,
): Promise<void> {
  const found = await secrets.judge('SESSION_SECRET', isStrong);
  if (found === 'missing' && !isDryRun) await secrets.put('SESSION_SECRET', randomBytes(32).toString('hex'));
  journal.add({
    outcome: found === 'missing' ? 'made' : 'kept',
    what: 'secret',
    name: `SESSION_SECRET in ${secrets.place}`,
  });
}

export async function provideApiKey(
  connection: Connection,
  journal: Journal,
  { projectId, application, secrets }: { projectId: string; application: Application; secrets: SecretStore },
): Promise<void> {
  const name = 'ZITADEL_API_KEY';
  const found = await secrets.judge(name, (value) => readText(parseFile(value), 'clientId') === application.clientId);
  if (found === 'missing') {
    const file = await createApplicationKey(connection, projectId, application.id, NEVER);
    if (file !== undefined) {
      await secrets.put(name, file);
      if (!(await isApplicationKeyTaken(connection, file))) journal.advise(notTaken(name));
    }
  }
  if (found === 'unseen')
    journal.advise(`${name} was set before; if it is not of ${application.name}, delete it and run this again`);
  journal.add({ outcome: found === 'missing' ? 'made' : 'kept', what: 'secret', name: `${name} in ${secrets.place}` });
}

export async function provideServiceKey(
  connection: Connection,
  journal: Journal,
  user: User,
  path: string,
): Promise<void> {
  const text = await readIfThere(path);
  const isOwn = text !== undefined && readText(parseFile(text), 'userId') === user.id;
  if (text !== undefined && !isOwn) {
    throw new CommandError(`${path} is there already, and is not a key of ${user.username}`, {
      hints: ['name another file: --service-key FILE'],
    });
  }
  if (!isOwn) {
    const file = await createServiceKey(connection, user.id, NEVER);
    if (file !== undefined) {
      await writeSecretFile(path, `${file}\n`);
      if (!(await isServiceKeyTaken(connection, file))) journal.advise(notTaken(path));
    }
  }
  journal.add({ outcome: isOwn ? 'kept' : 'made', what: 'key file', name: path });
}

const notTaken = (what: string): string =>
  `ZITADEL has made the key in ${what} and does not take it yet: try it before you rely on it, and look at this machine’s clock`;

function parseFile(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
