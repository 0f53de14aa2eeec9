// Which of a command's flags npm has kept: `npm run setup --dry-run` puts `npm_config_dry_run=true` into the environment and hands nothing on.

import type { ParseArgsConfig } from 'node:util';

export type Options = Readonly<NonNullable<ParseArgsConfig['options']>>;

export interface Swallowed {
  /** What was called, up to where its arguments begin; `undefined`: npx, with the flags before the command's name. */
  readonly call: string | undefined;
  readonly flags: readonly string[];
}

/** npx has flags of its own (--yes) and hands on those behind the command's name. Of what it may keep, only these can change what a command does. */
const OF_NPX = ['dry-run', 'env', 'config'];

export function findSwallowed(
  options: Options,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Swallowed | undefined {
  const { npm_lifecycle_event: script, npm_command: command } = env;
  if (script === undefined) return undefined;
  const isNpx = command === 'exec';
  const flags = Object.entries(options).flatMap(([option, { type }]) => {
    if (isNpx && !OF_NPX.includes(option)) return [];
    const value = keptValue(env, option);
    const isKept = type === 'boolean' ? value === 'true' : value !== '';
    const isHandedOn = args.some((arg) => arg === `--${option}` || arg.startsWith(`--${option}=`));
    return isKept && !isHandedOn ? [`--${option}${type === 'boolean' ? '' : ' …'}`] : [];
  });
  if (flags.length === 0) return undefined;
  if (isNpx) return { call: undefined, flags };
  return { call: command === 'init' ? 'npm create postern@latest my-gateway' : `npm run ${script}`, flags };
}

/** npm stores `--no-install` as the setting `install` without a value. */
function keptValue(env: Readonly<Record<string, string | undefined>>, option: string): string {
  const name = option.replaceAll('-', '_');
  const isNegated = name.startsWith('no_') && env[`npm_config_${name.slice(3)}`] === '';
  return isNegated ? 'true' : (env[`npm_config_${name}`] ?? '');
}
