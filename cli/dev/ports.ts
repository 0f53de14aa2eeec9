// Ports of this machine: free or taken, on both loopback addresses.

import { createServer } from 'node:net';
import { CommandError, UsageError } from '../support/failure.ts';

export function parsePort(flag: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!/^\d+$/.test(given) || port < 1 || port > 65_535)
    throw new UsageError(`--${flag} is a port, 1 to 65535, not ${given || 'nothing'}`);
  return port;
}

export async function isFree(port: number): Promise<boolean> {
  const tryHost = (host: string) =>
    new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', (cause: NodeJS.ErrnoException) =>
        resolve(!['EADDRINUSE', 'EACCES'].includes(cause.code ?? '')),
      );
      server.listen(port, host, () => server.close(() => resolve(true)));
    });
  return (await tryHost('127.0.0.1')) && (await tryHost('::1'));
}

/** All that are taken at once, each with what it is for and the flag that names another. */
export async function assertFree(
  wanted: readonly { readonly port: number; readonly what: string; readonly flag: string }[],
): Promise<void> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  const taken = wanted.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  throw new CommandError(`taken: ${taken.map(({ port, what }) => `port ${port} (for ${what})`).join(', ')}`, {
    hints: [`end what listens there, or name another: ${taken.map(({ flag }) => `--${flag} PORT`).join(', ')}`],
  });
}
