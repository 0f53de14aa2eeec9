// What npm tells the programs that it runs about its own call: a further npm would take it for settings of its own.

const OF_THE_CALL =
  /^npm_(?:config_(?:local_prefix|global|location|package|call|workspace\w*|dry_run|prefix|json|yes)|command|execpath|lifecycle_\w+|package_\w+)$/i;

type Environment = Readonly<Record<string, string | undefined>>;

export const withoutNpmCall = (env: Environment): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OF_THE_CALL.test(name)));
