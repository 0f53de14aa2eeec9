// `postern explain GET /admin/users --roles staff`: what the rules make of a request, and why.
// docs/routes.md.

import type { Command } from './commands.ts';
import { EXPLAIN_OPTIONS, explain } from './explain/command.ts';
import { loadInstallation } from './installation/installation.ts';

export const command: Command = {
  options: EXPLAIN_OPTIONS,
  async run(args, system) {
    const { code, output, errors } = await explain(args, async (place) => (await loadInstallation(place)).usable);
    if (output !== '') system.print(output);
    if (errors !== '') system.tell(errors);
    return code;
  },
};
