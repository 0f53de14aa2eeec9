// `postern sessions --user <sub>`: lists and ends a user's sessions through the operator's endpoint.
// Design §2 /auth/operator/sessions; docs/sessions.md.

import type { Command } from './commands.ts';
import { runSessions, SESSIONS_OPTIONS } from './sessions/command.ts';
import { loadSurroundings } from './sessions/deployment.ts';

export const command: Command = {
  options: SESSIONS_OPTIONS,
  run: (args, system) => runSessions([...args], system, loadSurroundings),
};
