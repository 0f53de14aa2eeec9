// The command `doctor`: from arguments to findings on the terminal and an exit code.

import { parseArgs } from 'node:util';
import type { Place } from '../installation/files.ts';
import type { Installation } from '../installation/installation.ts';
import { reportFailure, UsageError } from '../support/failure.ts';
import { createLook } from '../support/look.ts';
import { withProgress } from '../support/progress.ts';
import type { System } from '../support/system.ts';
import { readCredentials, WHO_OPTIONS } from '../zitadel-api/who.ts';
import { examineFiles, examineOutside } from './examine.ts';
import { examineMostRoles } from './most-roles.ts';
import type { Lookup } from './outside.ts';
import { hasFailed, printFindings } from './report.ts';

export interface DoctorSurroundings {
  readonly load: (place: Place) => Promise<Installation>;
  readonly lookup: Lookup;
}

const HELP = `doctor: is this installation well, and if not, what is to be done

  npx postern doctor
  npx postern doctor --token "$TOKEN" --upstream-public https://old-server.example.com

  --local                only what the files show: asks nobody
  --token TOKEN          an access or ID token of a user: which claims and headers come of it
                         (or in the environment, as POSTERN_TOKEN)
  --key FILE             key file (JSON) of a service account with the role Org Owner: looks up who has the most
                         roles, and whether the application's server takes as many
                         (or --pat-file FILE, or ZITADEL_PAT in the environment)
  --upstream-public URL  where the application might be reached past the gateway; may be given again
  --json                 as JSON
  --config FILE          instead of wrangler.toml here
  --env NAME             Wrangler’s environment
  --help

It changes nothing: ZITADEL is asked with a code and a token that do not exist. Secrets are read from .dev.vars
and sent nowhere but to ZITADEL.

Exit codes: 0 nothing failed, 1 something did, 2 the command makes no sense`;

export const DOCTOR_OPTIONS = {
  local: { type: 'boolean' },
  token: { type: 'string' },
  ...WHO_OPTIONS,
  'upstream-public': { type: 'string', multiple: true },
  json: { type: 'boolean' },
  config: { type: 'string' },
  env: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

export async function runDoctor(
  args: readonly string[],
  system: System,
  surroundings: DoctorSurroundings,
): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: DOCTOR_OPTIONS });
    if (values.help) {
      system.print(HELP);
      return 0;
    }
    return await examine(values, system, surroundings);
  } catch (cause) {
    return reportFailure('doctor', cause, system, args.includes('--json'));
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof DOCTOR_OPTIONS }>>['values'];

async function examine(values: Values, system: System, { load, lookup }: DoctorSurroundings): Promise<number> {
  const { 'upstream-public': upstreamPublic = [], token: given = system.env['POSTERN_TOKEN'] } = values;
  for (const url of upstreamPublic)
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new UsageError(`--upstream-public wants a URL: ${url}`);
  const token = given?.replace(/^Bearer +/i, '').trim();
  const installation = await load(values);
  const findings = examineFiles(installation, system.now(), false);
  if (!values.local) {
    // Nobody is asked for a key: without one, that is not measured.
    const credentials = await readCredentials(values, { ...system, prompts: undefined });
    const ask = async () => [
      ...(await examineOutside(installation, { ...system, lookup }, { token, upstreamPublic })),
      ...(installation.config ? await examineMostRoles(installation.config, system, credentials) : []),
    ];
    findings.push(...(await withProgress(system, 'asking ZITADEL, the gateway and the application', ask)));
  }
  const isWell = !hasFailed(findings);
  if (values.json) system.print(JSON.stringify({ ok: isWell, findings }, null, 2));
  else system.print(printFindings(findings, createLook(system.hasColour.print)));
  return isWell ? 0 : 1;
}
