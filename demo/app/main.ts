// Starts the guest book: `node demo/app/main.ts [port]`, or with PORT, HOST and UPSTREAM_SECRET in the environment.

import { createApplication } from './application.ts';

const port = Number(process.argv[2] ?? process.env.PORT ?? 3000);
const host = process.env.HOST ?? '127.0.0.1';
const application = createApplication({ upstreamSecret: process.env.UPSTREAM_SECRET });

try {
  const listening = await application.listen(port, host);
  console.log(`application without login ready at ${listening.origin}`);
  const stop = async () => {
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
