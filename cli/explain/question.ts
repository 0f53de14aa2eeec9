// A question as it is put on the command line or in a file of expectations: which request, and who asks.
// RFC 9112 §3.2 (request target).

import type { parseArgs } from 'node:util';
import type { Caller } from '../../src/policy/judge.ts';
import type { RequestFacts } from '../../src/policy/match.ts';
import { destinationAsked } from '../../src/shared/destination.ts';
import { UsageError } from '../support/failure.ts';

export interface Question {
  readonly method: string;
  readonly target: string;
  readonly host?: string | undefined;
  /** Where a COPY or MOVE leads. */
  readonly destination?: string | undefined;
  /** `undefined`: nobody. */
  readonly who: Caller | undefined;
}

export const WHO_OPTIONS = {
  roles: { type: 'string', multiple: true },
  org: { type: 'string', multiple: true },
  anonymous: { type: 'boolean' },
  bearer: { type: 'boolean' },
  amr: { type: 'string', multiple: true },
  age: { type: 'string' },
  claim: { type: 'string', multiple: true },
  host: { type: 'string' },
  destination: { type: 'string' },
} as const;

type WhoValues = ReturnType<typeof parseArgs<{ options: typeof WHO_OPTIONS }>>['values'];

/** Judged at this second; logins and claims are as old as the question says. */
export const NOW = 0;

export function createQuestion(method: string | undefined, target: string | undefined, values: WhoValues): Question {
  if (!method || !/^[A-Za-z][A-Za-z-]*$/.test(method))
    throw new UsageError('a method and a path are wanted: GET /admin/users');
  if (!target || !/^(?:\/|https?:\/\/)/.test(target))
    throw new UsageError(`a path begins with /: GET /${target ?? ''}`);
  const { host, destination } = values;
  return { method: method.toUpperCase(), target, host, destination, who: createCaller(values) };
}

function createCaller(values: WhoValues): Caller | undefined {
  const { anonymous, bearer = false, age, claim = [] } = values;
  const [roles, orgs, amr] = [listOf(values.roles), listOf(values.org), listOf(values.amr)];
  if (anonymous) {
    const isSomebody = bearer || age !== undefined || roles.length + orgs.length + amr.length + claim.length > 0;
    if (isSomebody) throw new UsageError('--anonymous is nobody: no other option says more about nobody');
    return undefined;
  }
  if (age !== undefined && !/^\d+$/.test(age)) throw new UsageError('--age is a number of seconds since the sign-in');
  const claims = createClaims(claim);
  return {
    via: bearer ? 'bearer' : 'session',
    identity: { ...claims, sub: 'somebody', roles: Object.fromEntries(roles.map((role) => [role, orgs])), claims },
    amr,
    // A session always knows when it began, an access token mostly doesn't
    ...((age !== undefined || !bearer) && { auth_time: NOW - Number(age ?? 0) }),
  };
}

/** `name=value`; a name given twice is a list. */
function createClaims(given: readonly string[]): Record<string, string | string[]> {
  const claims: Record<string, string[]> = Object.create(null);
  for (const each of given) {
    const [name, ...value] = each.split('=');
    if (!name || value.length === 0) throw new UsageError(`--claim is name=value, not ${each}`);
    claims[name] = [...(claims[name] ?? []), value.join('=')];
  }
  return Object.fromEntries(
    Object.entries(claims).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  );
}

function listOf(given: readonly string[] | undefined): readonly string[] {
  return (given ?? [])
    .flatMap((each) => each.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** `wrong`: why the destination is refused before any rule is asked. */
export type AskedFacts = RequestFacts & { readonly wrong?: 'foreign' | 'unreadable' };

/** As the worker gets it: the runtime has parsed the URL, resolved its dots and cut query and fragment off. */
export function factsOf({ method, target, host, destination }: Question, origin: string): AskedFacts {
  const url = URL.parse(target.startsWith('/') ? origin + target : target);
  if (!url) throw new UsageError(`this is no URL: ${target}`);
  const asked = host === undefined ? url.host : hostOf(host, url.protocol);
  const facts = { method, host: asked, path: url.pathname };
  const read = destination === undefined ? undefined : destinationAsked(destination, method, asked);
  if (read === undefined) return facts;
  return typeof read === 'string' ? { ...facts, wrong: read } : { ...facts, destination: read.pathname };
}

/** As URLs have it: lower case, without the usual port. */
function hostOf(written: string, protocol: string): string {
  const url = URL.parse(`${protocol}//${written}`);
  if (!url || url.href !== `${url.origin}/`) throw new UsageError(`this is no host: ${written}`);
  return url.host;
}

export function describeCaller(who: Caller | undefined): string {
  if (!who) return 'anonymous';
  const roles = Object.keys(who.identity.roles);
  const granted = Object.values(who.identity.roles)[0] ?? [];
  return [
    roles.length > 0 ? roles.join(', ') : 'signed in without a role',
    ...(granted.length > 0 ? [`granted by ${granted.join(', ')}`] : []),
    ...(who.via === 'bearer' ? ['with a bearer token'] : []),
  ].join(', ');
}
