// `postern sessions --user <sub>`: lists and ends a user's sessions through the operator's endpoint.
// ARCHITECTURE §2 /auth/operator/sessions; docs/sessions.md.

import type { Command } from './commands.ts';
import { loadInstallation } from './installation/installation.ts';
import { runSessions, SESSIONS_OPTIONS } from './sessions/command.ts';

export const command: Command = {
  options: SESSIONS_OPTIONS,
  run: (args, system) =>
    runSessions([...args], system, async (place) => {
      const { ZITADEL_CALLBACK_URL, OPERATOR_SECRET } = (await loadInstallation(place)).environment;
      return { callbackUrl: textOf(ZITADEL_CALLBACK_URL), operatorSecret: textOf(OPERATOR_SECRET) };
    }),
};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
