// `npm run sessions -- --user <sub>`: lists and ends a user's sessions through the operator's endpoint.
// Design §2 /auth/operator/sessions; docs/sessions.md.

import { runSessions } from './sessions/command.ts';
import { loadSurroundings } from './sessions/deployment.ts';
import { createSystem } from './support/this-system.ts';

process.exitCode = await runSessions(process.argv.slice(2), createSystem(), loadSurroundings);
