// `postern dev`: the gateway on this machine, on the operator's own configuration.
// docs/dev.md.

import type { Command } from './commands.ts';
import { runDev } from './dev/command.ts';
import { DEV_OPTIONS } from './dev/flags.ts';
import type { System } from './support/system.ts';

export const command: Command = {
  options: DEV_OPTIONS,
  async run(args, system) {
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const unwatch = watchParent(system.env, stop);
    // Several may come, of the terminal and of npm: the first counts, and what does not end in time is made to.
    for (const signal of signals) process.on(signal, stop);
    // Nobody reads it any more: the terminal or the pipe is gone.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
    try {
      return await runDev(args, system, stopping.signal);
    } finally {
      unwatch();
      for (const signal of signals) process.off(signal, stop);
    }
  },
};

/** npm ends its shell, which says nothing to those it has started; whoever starts a command by himself may leave it alone. */
function watchParent({ npm_execpath: npm }: System['env'], stop: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => npm !== undefined && process.ppid !== parent && stop(), 500).unref();
  return () => clearInterval(timer);
}
