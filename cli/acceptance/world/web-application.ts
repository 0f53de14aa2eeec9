// Further applications of the gateway, as setup makes them but for one setting.

import { createWebConfiguration, deriveAddresses } from '../../setup/wanted.ts';
import { type Json, readText } from '../../zitadel-api/json.ts';
import { APPLICATION, onceThere } from './instance.ts';
import { need, type Stage } from './stage.ts';

export interface WebApplication {
  readonly applicationId: string;
  readonly clientId: string;
  /** Empty for those that have none. */
  readonly clientSecret: string;
}

export async function createWebApplication(stage: Stage, name: string, settings: Json): Promise<WebApplication> {
  const { instance, gateway, made } = stage;
  const addresses = deriveAddresses(
    { domain: instance.issuer, url: gateway.origin, alsoUrls: [] },
    { callback: undefined, postLogout: undefined },
  );
  // An address that ZITADEL has refused for the first application it would refuse here, too
  const { backChannel, ...others } = addresses;
  const wanted = createWebConfiguration({ ...others, backChannel: made.backChannelRefusal ? undefined : backChannel });
  const answer = await instance.connect(`${APPLICATION}/CreateApplication`, {
    projectId: need(stage, 'projectId'),
    name,
    oidcConfiguration: { ...wanted, ...settings },
  });
  const applicationId = readText(answer, 'applicationId');
  await onceThere(stage.system, () => instance.connect(`${APPLICATION}/GetApplication`, { applicationId }));
  return {
    applicationId,
    clientId: readText(answer, 'oidcConfiguration', 'clientId'),
    clientSecret: readText(answer, 'oidcConfiguration', 'clientSecret'),
  };
}

/** The gateway runs as that application's meanwhile. */
export async function withApplication(
  stage: Stage,
  name: string,
  settings: Json,
  work: () => Promise<void>,
): Promise<void> {
  const { gateway, made } = stage;
  const former = made.clientId;
  const { clientId } = await createWebApplication(stage, name, settings);
  made.clientId = clientId;
  try {
    await gateway.restart({ ZITADEL_CLIENT_ID: clientId });
    await work();
  } finally {
    made.clientId = former;
  }
}
