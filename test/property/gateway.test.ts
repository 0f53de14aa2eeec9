// The whole gateway, whatever comes.

import { runTargets } from './run-targets.ts';
import { GATEWAY } from './targets.ts';

runTargets(GATEWAY);
