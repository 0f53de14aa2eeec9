// An environment in which Wrangler is the one of this folder, or else Postern's own, run by the Node that runs us.

import { delimiter, dirname, join } from 'node:path';
import { OWN_ROOT } from './own-package.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export function withOwnPrograms(env: Environment): NodeJS.ProcessEnv {
  const folders = [
    dirname(process.execPath),
    join(process.cwd(), 'node_modules/.bin'),
    join(OWN_ROOT, 'node_modules/.bin'),
  ];
  return { ...env, PATH: [...folders, env['PATH'] ?? ''].join(delimiter) };
}
