// The stand-in for ZITADEL in this process, on the operator's own ids; and the key of a service account, for `setup` and `users`.

import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Persona } from '../../stand-in/adopt.ts';
import { writeSecretFile } from '../setup/deployment-files.ts';

export interface StandIn {
  readonly issuer: string;
  readonly keyFile: string;
  readonly ids: { readonly clientId: string; readonly projectId: string };
  /** Makes known what the configuration has now. */
  adopt(gateway: Adopted): void;
  personas(projectId: string): readonly Persona[];
  close(): Promise<void>;
}

export interface Adopted {
  readonly clientId: string;
  readonly projectId: string;
  readonly callback: string;
  readonly postLogout: string;
  readonly backChannel: string;
  readonly roles: readonly string[];
}

/** `keyFile`: where the key goes; it opens nothing but this stand-in, and goes with it. */
export async function startStandIn(port: number, keyFile: string): Promise<StandIn> {
  const [{ createZitadel }, { SEED }, { addManager, adoptGateway, listPersonas, MANAGER_ID }] = await Promise.all([
    import('../../stand-in/zitadel.ts'),
    import('../../stand-in/seed.ts'),
    import('../../stand-in/adopt.ts'),
  ]);
  const issuer = `http://localhost:${port}`;
  const zitadel = createZitadel({ issuer });
  addManager(zitadel);
  // Before it listens: nobody would end it if the file can't be written.
  await mkdir(dirname(keyFile), { recursive: true });
  await writeSecretFile(keyFile, `${JSON.stringify(await zitadel.createServiceAccountKey(MANAGER_ID), null, 2)}\n`);
  const removeKey = () => rm(keyFile, { force: true });
  const listening = await zitadel.listen(port).catch(async (cause) => {
    await removeKey();
    throw cause;
  });
  return {
    issuer,
    keyFile,
    ids: { clientId: SEED.webClientId, projectId: SEED.projectId },
    adopt: ({ clientId, projectId, callback, postLogout, backChannel, roles }) =>
      adoptGateway(zitadel, {
        clientId,
        projectId,
        roles,
        redirectUri: callback,
        postLogoutRedirectUri: postLogout,
        backChannelLogoutUri: backChannel,
      }),
    personas: (projectId) => listPersonas(zitadel, projectId),
    async close() {
      zitadel.close();
      await listening.close();
      await removeKey();
    },
  };
}
