// Which of a command's flags npm has kept: `npm run setup --dry-run` puts `npm_config_dry_run=true` into the environment and hands nothing on.

import type { ParseArgsConfig } from 'node:util';

export type Options = Readonly<NonNullable<ParseArgsConfig['options']>>;

export interface Swallowed {
  /** What was called, up to where its arguments begin. */
  readonly call: string;
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
    const value = keptValue(env, option);
    const isKept = type === 'boolean' ? value === 'true' : value !== '';
    const isHandedOn = args.some((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`));
    return isKept && !isHandedOn ? [`--${option}`] : [];
  });
  const call = command === 'init' ? 'npm create postern@latest my-gateway' : `npm run ${script}`;
  return flags.length === 0 ? undefined : { call, flags };
}

/** Of `--no-install` npm makes `install` without a value. */
function keptValue(env: Readonly<Record<string, string | undefined>>, option: string): string {
  const name = option.replaceAll('-', '_');
  const isNegated = name.startsWith('no_') && env[`npm_config_${name.slice(3)}`] === '';
  return isNegated ? 'true' : (env[`npm_config_${name}`] ?? '');
}
