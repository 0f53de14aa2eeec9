// `postern version`: which versions are here.

import { parseArgs } from 'node:util';
import type { Command } from './commands.ts';
import { reportFailure } from './support/failure.ts';
import { alignColumns } from './support/look.ts';
import { loadVersions } from './version/versions.ts';

const HELP = `version: which versions are here

  npx postern version

  --json    as JSON
  --help

Exit codes: 0 done, 2 the command makes no sense`;

const OPTIONS = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

export const command: Command = {
  options: OPTIONS,
  async run(args, system) {
    try {
      const { values } = parseArgs({ args: [...args], options: OPTIONS });
      if (values.help) {
        system.print(HELP);
        return 0;
      }
      const versions = await loadVersions();
      if (values.json) system.print(JSON.stringify(versions, null, 2));
      else
        for (const line of alignColumns(
          Object.entries(versions).map(([name, version]) => [name, version ?? 'none here']),
        ))
          system.print(line);
      return 0;
    } catch (cause) {
      return reportFailure('version', cause, system, args.includes('--json'));
    }
  },
};
