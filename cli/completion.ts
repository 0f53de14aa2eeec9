// `postern completion bash`: completion of commands, their first words and their flags.

import { parseArgs } from 'node:util';
import { COMMANDS, type Command } from './commands.ts';
import { type Described, SHELLS, type Shell } from './completion/scripts.ts';
import { reportFailure, UsageError } from './support/failure.ts';

const HELP = `completion: completion for bash, zsh or fish

  eval "$(npx postern completion bash)"      in ~/.bashrc
  eval "$(npx postern completion zsh)"       in ~/.zshrc, after compinit
  npx postern completion fish | source       in ~/.config/fish/config.fish

It completes \`postern\`; for that name outside an operator’s folder: alias postern='npx postern'

  --help

Exit codes: 0 done, 2 the command makes no sense`;

const OPTIONS = { help: { type: 'boolean', short: 'h' } } as const;

export const command: Command = {
  options: OPTIONS,
  words: Object.keys(SHELLS),
  async run(args, system) {
    try {
      const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
      if (values.help) {
        system.print(HELP);
        return 0;
      }
      const [shell = 'nothing', ...others] = positionals;
      if (!isShell(shell) || others.length > 0)
        throw new UsageError(`one of ${Object.keys(SHELLS).join(', ')} is wanted: ${[shell, ...others].join(' ')}`);
      system.print(SHELLS[shell](await describe()));
      return 0;
    } catch (cause) {
      return reportFailure('completion', cause, system);
    }
  },
};

const isShell = (name: string): name is Shell => Object.hasOwn(SHELLS, name);

async function describe(): Promise<readonly Described[]> {
  return await Promise.all(
    Object.entries(COMMANDS).map(async ([name, { summary, load }]) => {
      const { words = [], options }: Command = await load();
      return { name, summary, words: [...words, ...Object.keys(options).map((option) => `--${option}`)] };
    }),
  );
}
