// What ZITADEL, or whoever passes for it, says.

import { runTargets } from './run-targets.ts';
import { PROVIDER } from './targets.ts';

runTargets(PROVIDER);
