// The steps of a run, in the order in which one needs what another has made.

import { tryClientAuthentication } from './steps/client-authentication.ts';
import { tryErrors } from './steps/errors.ts';
import { tryKeys } from './steps/keys.ts';
import { tryLoginV1 } from './steps/login-v1.ts';
import { tryLoginV2 } from './steps/login-v2.ts';
import { tryMachines } from './steps/machines.ts';
import { trySession } from './steps/session.ts';
import { tryDoctor, trySetup, tryUsers } from './steps/setup.ts';
import type { Stage } from './world/stage.ts';

export const STEPS: readonly ((stage: Stage) => Promise<void>)[] = [
  trySetup,
  tryUsers,
  tryLoginV1,
  tryLoginV2,
  trySession,
  tryDoctor,
  tryMachines,
  tryClientAuthentication,
  tryErrors,
  tryKeys,
];
