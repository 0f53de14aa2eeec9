// Does postern.toml become part of the worker, whoever deploys it? Wrangler must build it, and put it in the place of the empty one.
// Wrangler: [build], [alias].

import type { Installation } from '../installation/installation.ts';
import { type Finding, failed } from './finding.ts';

export const VARIABLES_MODULE = '#postern/variables';
/** Beside wrangler.toml. */
export const BUILT_FILE = '.postern/variables.json';

export function checkVariablesModule({ wrangler: { alias = {}, build }, postern }: Installation): Finding[] {
  if (!postern) return [];
  const findings: Finding[] = [];
  const target = alias[VARIABLES_MODULE]?.replaceAll('\\', '/').replace(/^\.\//, '');
  if (target !== BUILT_FILE)
    findings.push(
      failed(
        'postern.toml',
        'it is not part of the worker: no alias puts it there',
        `[alias] "${VARIABLES_MODULE}" = "./${BUILT_FILE}" in wrangler.toml`,
      ),
    );
  if ((build?.command ?? '') === '')
    findings.push(
      failed(
        'postern.toml',
        'nothing builds it before the worker is deployed',
        '[build] command = "postern build", watch_dir = ["postern.toml"] in wrangler.toml',
      ),
    );
  return findings;
}
