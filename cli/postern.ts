// `postern <command>`: one entry to every command, its help and its exit codes.
// Exit codes of all: 0 done, 1 it did not work, 2 the command makes no sense; a command's --help names further ones.

import { COMMANDS, type Command, isCommand } from './commands.ts';
import { reportFailure, UsageError } from './support/failure.ts';
import { findSwallowed, type Options } from './support/swallowed-flags.ts';
import type { System } from './support/system.ts';
import { createSystem } from './support/this-system.ts';

/** `--version` and `help` are what people try first. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  '--version': ['version'],
  '-v': ['version'],
  '--help': [],
  '-h': [],
  help: [],
};

/** Returns the exit code. */
export async function runPostern(given: readonly string[], system: System = createSystem()): Promise<number> {
  try {
    const [first = '', ...others] = given;
    const [name = '', ...rest] = [...(OTHER_NAMES[first] ?? [first]), ...others];
    if (first === 'help' && name !== '') return await runPostern([name, '--help'], system);
    if (name === '') {
      system.print(describeCommands());
      return 0;
    }
    if (!isCommand(name))
      throw new UsageError(`there is no command ${name}`, [`there are ${Object.keys(COMMANDS).join(', ')}`]);
    const command: Command = await COMMANDS[name].load();
    assertNothingSwallowed(name, command.options, rest, system);
    return await command.run(rest, system);
  } catch (cause) {
    return reportFailure('postern', cause, system, given.includes('--json'));
  }
}

/** npm takes the flags of `npm run setup --dry-run` for its own: the command would do in earnest what was to be tried. */
function assertNothingSwallowed(name: string, options: Options, args: readonly string[], { env }: System): void {
  const swallowed = findSwallowed(options, args, env);
  if (swallowed === undefined) return;
  const flags = swallowed.flags.join(' ');
  throw new UsageError(`npm has kept ${flags.replaceAll(' …', '')} for itself, and nothing was done`, [
    ...(swallowed.call === undefined ? [] : [`two hyphens before it hand it on: ${swallowed.call} -- ${flags}`]),
    `npx hands on what stands behind the name, whatever an .npmrc says: npx postern ${name} ${flags}`,
  ]);
}

function describeCommands(): string {
  const width = Math.max(...Object.keys(COMMANDS).map(({ length }) => length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `postern: ZITADEL login in front of any application

  npx postern COMMAND --help    says more of one

${lines.join('\n')}

Exit codes: 0 done, 1 it did not work, 2 the command makes no sense`;
}
