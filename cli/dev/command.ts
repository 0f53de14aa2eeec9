// The command `dev`: the parts are started one after the other, watched, and ended together.

import { reportFailure } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import type { System } from '../support/system.ts';
import { DEV_HELP, type DevFlags, parseDevFlags } from './flags.ts';
import { createGateway } from './gateway.ts';
import { startStage } from './stage.ts';
import { watchFiles } from './watch.ts';
import { printWelcome } from './welcome.ts';

/** `stopping`: aborted when all of it is to end. Returns the exit code. */
export async function runDev(args: readonly string[], system: System, stopping: AbortSignal): Promise<number> {
  try {
    const flags = parseDevFlags(args);
    if (flags.isHelp) system.print(DEV_HELP);
    else await dev(flags, system, stopping);
    return 0;
  } catch (cause) {
    return reportFailure('dev', cause, system, args.includes('--json'));
  }
}

async function dev(flags: DevFlags, system: System, stopping: AbortSignal): Promise<void> {
  const stage = await startStage(flags, system);
  const gateway = createGateway(stage, flags, system, stopping);
  try {
    system.tell('Starting; the first time takes some seconds …');
    await gateway.start();
    if (stopping.aborted) return;
    const overview = await stage.describe();
    const look = createLook(system.hasColour.print);
    system.print(flags.isJson ? JSON.stringify(overview, null, 2) : printWelcome(overview, look));
    const unwatch = watchFiles(stage.watched, (paths) => gateway.followChange(paths));
    await gateway.ended().finally(unwatch);
  } finally {
    await gateway.stop();
    await stage.close();
  }
}
