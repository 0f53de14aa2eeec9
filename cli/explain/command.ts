// The command `explain`: from arguments to output and exit code. Reads files, prints nothing.
// docs/routes.md.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { formatIssue } from '../../src/config/issues.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import type { Place } from '../installation/files.ts';
import { hasSites, type Sites } from '../installation/sites.ts';
import { failureAsJson, toFailure, UsageError } from '../support/failure.ts';
import { checkExpectations, printChecked } from './expectations.ts';
import { explainAt } from './explanation.ts';
import { createMatrices, printMatrices } from './matrix.ts';
import { createQuestion, WHO_OPTIONS } from './question.ts';
import { printExplanation } from './text.ts';

export interface Outcome {
  readonly code: 0 | 1 | 2 | 3;
  readonly output: string;
  readonly errors: string;
}

const HELP = `explain: what the rules make of a request, and why

  npx postern explain GET /admin/users --roles staff
  npx postern explain --all
  npx postern explain --check FILE

Who asks (signed in without a role, unless told otherwise)
  --roles a,b      roles, as the application knows them (after ROLE_MAP)
  --org ID         organisation that granted them
  --anonymous      nobody
  --bearer         by bearer token, not by session
  --amr mfa,otp    how they signed in
  --age SECONDS    how long ago they signed in
  --claim k=v      a claim; given twice, a list
  --host HOST      at this host, whose site decides (or GET https://HOST/PATH); else at the callback’s
  --destination URL  where a COPY or MOVE leads

What to print
  --all            every route against every role, a table for each site
  --check FILE     verify expectations, one a line: GET /admin as staff → 403
  --json           as JSON

Which configuration
  --config FILE    instead of wrangler.toml here
  --env NAME       Wrangler’s environment

Exit codes: 0 done, 1 an expectation is not met, 2 the command makes no sense, 3 the configuration has problems`;

export const EXPLAIN_OPTIONS = {
  ...WHO_OPTIONS,
  all: { type: 'boolean' },
  check: { type: 'string' },
  json: { type: 'boolean' },
  config: { type: 'string' },
  env: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof EXPLAIN_OPTIONS }>>['values'];

export async function explain(
  args: readonly string[],
  load: (place: Place) => Promise<LoadedConfig>,
): Promise<Outcome> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: EXPLAIN_OPTIONS, allowPositionals: true });
    if (values.help || args.length === 0) return { code: 0, output: HELP, errors: '' };
    if (positionals.length > 2) throw new UsageError('one method and one path at a time');
    // Before the configuration is read, which takes longer
    const question =
      values.all || values.check !== undefined ? undefined : createQuestion(positionals[0], positionals[1], values);
    const loaded = await load(values);
    if (!loaded.ok) return reportIssues(loaded.issues, values);
    const errors = loaded.warnings.map((warning) => `warning: ${warning}`).join('\n');
    if (question) {
      const explanation = explainAt(loaded, question);
      return { code: 0, output: values.json ? printJson(explanation) : printExplanation(explanation), errors };
    }
    return { ...(await runTable(loaded, values)), errors };
  } catch (cause) {
    // 1 is an expectation that is not met.
    const failure = toFailure(cause);
    if (args.includes('--json')) return { code: 2, output: failureAsJson(failure), errors: '' };
    const errors = [`explain: ${failure.message}`, ...failure.hints, '--help says more'].join('\n  ');
    return { code: 2, output: '', errors };
  }
}

async function runTable(served: Sites, { check, json }: Values): Promise<Omit<Outcome, 'errors'>> {
  if (check === undefined) {
    const matrices = createMatrices(served);
    const told = hasSites(served) ? matrices : matrices[0]?.rows;
    return { code: 0, output: json ? printJson(told) : printMatrices(matrices) };
  }
  const checked = checkExpectations(served, await readFile(check, 'utf8'));
  const output = json ? printJson(checked) : printChecked(checked);
  return { code: checked.every(({ isMet }) => isMet) ? 0 : 1, output };
}

function reportIssues(issues: (LoadedConfig & { ok: false })['issues'], { json }: Values): Outcome {
  if (json) {
    const failure = { message: 'the configuration has problems', hints: issues.map(formatIssue) };
    return { code: 3, output: failureAsJson(failure), errors: '' };
  }
  const lines = issues.map(
    ({ variable, found, wanted, example }) => `${variable}: found ${found}, wanted ${wanted}\n  example: ${example}`,
  );
  return { code: 3, output: '', errors: lines.join('\n') };
}

/** Rules by their number: they are in the configuration. */
function printJson(value: unknown): string {
  return JSON.stringify(value, (key, each) => (key === 'rules' || key === 'reported' ? numbersOf(each) : each), 2);
}

function numbersOf(rules: readonly (number | { index?: number })[]): readonly (number | null)[] {
  return rules.map((rule) => (typeof rule === 'object' ? rule?.index : rule) ?? null);
}
