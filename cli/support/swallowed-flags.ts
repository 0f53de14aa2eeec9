// Which of a command's flags npm has kept: `npm run setup --dry-run` puts `npm_config_dry_run=true` into the environment and hands nothing on.

import type { ParseArgsConfig } from 'node:util';

export type Options = Readonly<NonNullable<ParseArgsConfig['options']>>;

export interface Swallowed {
  /** The script that npm runs. */
  readonly script: string;
  readonly flags: readonly string[];
}

export function findSwallowed(
  options: Options,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Swallowed | undefined {
  const { npm_lifecycle_event: script, npm_command: command } = env;
  // npx hands everything on, and has flags of its own (--yes).
  if (script === undefined || command === 'exec') return undefined;
  const flags = Object.entries(options).flatMap(([option, { type }]) => {
    const value = env[`npm_config_${option.replaceAll('-', '_')}`] ?? '';
    const isKept = type === 'boolean' ? value === 'true' : value !== '';
    const isHandedOn = args.some((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`));
    return isKept && !isHandedOn ? [`--${option}`] : [];
  });
  return flags.length === 0 ? undefined : { script, flags };
}
