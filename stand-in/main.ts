// Starts the stand-in as a server: `node stand-in/main.ts [port]`, or with PORT in the environment.
// HOST, ZITADEL_ISSUER and GATEWAY_ORIGIN (where the application's redirect URIs lie) are optional.

import { SEED } from './seed.ts';
import { createZitadel } from './zitadel.ts';

const port = Number(process.argv[2] ?? process.env.PORT ?? 8080);
const host = process.env.HOST ?? '127.0.0.1';
const issuer = process.env.ZITADEL_ISSUER;
const gatewayOrigin = process.env.GATEWAY_ORIGIN;

const zitadel = createZitadel(issuer === undefined ? {} : { issuer });
if (gatewayOrigin !== undefined) {
  const moved = (uri: string) => gatewayOrigin + new URL(uri).pathname;
  zitadel.webApplication.redirectUris = [moved(SEED.redirectUri)];
  zitadel.webApplication.postLogoutRedirectUris = [moved(SEED.postLogoutRedirectUri)];
  zitadel.webApplication.backChannelLogoutUri = moved(SEED.backChannelLogoutUri);
}

try {
  const listening = await zitadel.listen(port, host);
  console.log(`stand-in for ZITADEL ready at ${listening.origin}`);
  const stop = async () => {
    zitadel.close();
    await listening.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (cause) {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  console.error(isTaken ? `port ${port} is taken` : cause);
  process.exit(1);
}
