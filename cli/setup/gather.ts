// The operator's answers: from flags, and for what is missing from prompts. Without a terminal the missing flags are named.

import { readFile } from 'node:fs/promises';
import { UsageError } from '../support/failure.ts';
import type { Prompts } from '../support/prompts.ts';
import type { System } from '../support/system.ts';
import type { Credentials } from '../zitadel-api/credentials.ts';
import { readCredentials, WHO_FLAGS } from '../zitadel-api/who.ts';
import type { SetupFlags } from './flags.ts';
import {
  parseDomain,
  parseGrant,
  parsePerson,
  parsePublicUrl,
  parseRole,
  parseUpstream,
  splitList,
} from './parse-answers.ts';
import type { Answers } from './wanted.ts';

/** What the deployment says already: proposed at prompts. */
export interface Proposals {
  readonly domain: string | undefined;
  readonly url: string | undefined;
  readonly upstream: string | undefined;
  /** That the routes ask for. */
  readonly roles: readonly string[];
}

const NEEDED = ['domain', 'url', 'upstream'] as const;
const QUESTIONS = {
  domain: { message: 'ZITADEL’s domain', parse: parseDomain },
  url: { message: 'Public URL of the gateway', parse: parsePublicUrl },
  upstream: { message: 'URL of the application behind it', parse: parseUpstream },
};

export interface Gathered {
  readonly answers: Answers;
  readonly credentials: Credentials;
}

export async function gatherAnswers(flags: SetupFlags, system: System, proposals: Proposals): Promise<Gathered> {
  // What was given is judged before anybody is asked for the rest
  const given = parseOptional(flags);
  const needed: Record<string, string> = {};
  for (const name of NEEDED) if (flags[name] !== undefined) needed[name] = QUESTIONS[name].parse(flags[name]);
  if (!system.prompts) assertNothingMissing(flags, system);
  for (const name of NEEDED) needed[name] ??= await askFor(system.prompts, name, proposals[name]);
  const credentials = await readCredentials(flags, system);
  if (!credentials) throw new UsageError(`missing: ${WHO_FLAGS}`);
  const password = flags['password-file'] === undefined ? undefined : await readPassword(flags['password-file']);
  const asked = await askForMore(flags, system.prompts, proposals);
  const { domain = '', url = '', upstream = '' } = needed;
  return { credentials, answers: { ...given, ...asked, domain, url, upstream, password } };
}

function assertNothingMissing(flags: SetupFlags, { env }: System): void {
  const missing: string[] = NEEDED.filter((name) => flags[name] === undefined).map((name) => `--${name} URL`);
  if (flags.key === undefined && flags['pat-file'] === undefined && !env['ZITADEL_PAT']) missing.push(WHO_FLAGS);
  if (missing.length > 0) throw new UsageError(`there is no terminal to ask on; missing: ${missing.join(', ')}`);
}

function parseOptional(flags: SetupFlags): Omit<Answers, 'domain' | 'url' | 'upstream' | 'password'> {
  const { 'service-user': serviceUser, 'service-key': keyFile } = flags;
  if ((serviceUser === undefined) !== (keyFile === undefined)) {
    throw new UsageError('--service-user NAME and --service-key FILE (where its key goes) belong together');
  }
  if (flags['password-file'] !== undefined && !flags.user)
    throw new UsageError('--password-file is for those of --user');
  return {
    project: flags.project ?? 'Postern',
    application: flags.application ?? 'Postern',
    roles: (flags.role ?? []).map(parseRole),
    withApi: flags.api ?? false,
    alsoUrls: (flags['also-url'] ?? []).map((typed) => parseDomain(typed, '--also-url')),
    serviceUser: serviceUser === undefined || keyFile === undefined ? undefined : { name: serviceUser, keyFile },
    people: (flags.user ?? []).map(parsePerson),
    grants: (flags.grant ?? []).map(parseGrant),
  };
}

async function askFor(
  prompts: Prompts | undefined,
  name: (typeof NEEDED)[number],
  initial: string | undefined,
): Promise<string> {
  const { message, parse } = QUESTIONS[name];
  return parse((await prompts?.text({ message, initial, check: complaintOf(parse) })) ?? '');
}

/** Roles that routes ask for are made unless others are named; on a terminal a first person may be added. */
async function askForMore(
  flags: SetupFlags,
  prompts: Prompts | undefined,
  { roles }: Proposals,
): Promise<Partial<Answers>> {
  const proposed = flags.role ? {} : { roles: roles.map(parseRole) };
  if (!prompts || flags.role || flags.user || flags.grant) return proposed;
  const message = 'Roles of the project, with commas between them';
  const typed = await prompts.text({
    message,
    initial: roles.join(', '),
    check: complaintOf((text) => splitList(text).map(parseRole)),
  });
  const chosen = splitList(typed).map(parseRole);
  const person = await prompts.text({
    message: 'Somebody who may sign in, to be invited by mail: Given Family <address> (empty: nobody)',
    check: complaintOf((text) => (text.trim() === '' ? undefined : parsePerson(text))),
  });
  if (person.trim() === '') return { roles: chosen };
  const people = [parsePerson(person)];
  const wanted = await prompts.text({ message: 'Their roles', initial: chosen[0]?.key });
  const grants = people.map(({ email }) => ({ user: email, roles: splitList(wanted) }));
  return { roles: chosen, people, grants: grants.filter((grant) => grant.roles.length > 0) };
}

function complaintOf(parse: (typed: string) => unknown): (typed: string) => string | undefined {
  return (typed) => {
    try {
      parse(typed);
      return undefined;
    } catch (cause) {
      if (cause instanceof UsageError) return cause.message;
      throw cause;
    }
  };
}

export async function readPassword(path: string): Promise<string> {
  const password = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  if (password === '' || /[\r\n]/.test(password))
    throw new UsageError(`${path} does not hold one password on one line`);
  return password;
}
