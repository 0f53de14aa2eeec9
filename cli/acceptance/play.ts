// One run from the first step to the last, with the gateway and the application that it needs.

import { STEPS } from './steps.ts';
import { bundleWorker, freePort, startGateway } from './world/gateway.ts';
import { writeOperatorFolder } from './world/operator-folder.ts';
import { type Stage, startApplication } from './world/stage.ts';

export async function play(
  given: Pick<Stage, 'system' | 'instance' | 'journal' | 'ledger' | 'adminKey' | 'mayRotateKeys'>,
): Promise<void> {
  const { system, journal } = given;
  const config = await writeOperatorFolder(journal.folder);
  system.tell('building the gateway …');
  const script = await bundleWorker(system, journal.folder);
  const application = await startApplication();
  const gateway = await startGateway(config, script, await freePort());
  try {
    const stage: Stage = { ...given, config, gateway, upstream: application.origin, made: {} };
    for (const step of STEPS) {
      // What fails between two lines is a line too, and the next step may do without it
      await step(stage).catch((cause) =>
        stage.ledger.check('run', `${step.name} comes to its end`, () => Promise.reject(cause)),
      );
    }
  } finally {
    await gateway.stop();
    await application.close();
  }
}
