// The sections of Apache's configuration that say who may pass, as rules: the last one that fits a request counts, so they are turned round.
// httpd: Configuration Sections (how they are merged), Location, LocationMatch, Directory, Limit, LimitExcept.

import { judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import { sayCondition } from '../conditions.ts';
import type { Directive } from '../formats/apache.ts';
import type { Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { CLOSED, EVERYWHERE, type Fields, isClosed, type Rule } from '../paths/rules.ts';
import { conditionOf, isOpenToAll, type Requirement, readRequirement } from './require.ts';

export interface Around {
  readonly ledger: Ledger;
  readonly remoteUser: string | undefined;
  readonly role: string | undefined;
  /** Where files of a folder are seen from outside; `undefined`: nowhere. */
  readonly pathOfFolder: (folder: string) => string | undefined;
}

export interface Section {
  readonly within: readonly string[];
  readonly around: readonly string[];
  readonly isExact: boolean;
  readonly title: string;
  readonly body: readonly Directive[];
}

const SECTIONS = /^(?:location|locationmatch|directory)$/;
const OTHERS = /^(?:directorymatch|files|filesmatch|proxy|proxymatch)$/;

/** In the order in which they count: folders before locations, the later before the earlier. */
export function readSections(directives: readonly Directive[], around: Around, unknown: string[]): readonly Section[] {
  const found = directives.flatMap((directive) => {
    if (OTHERS.test(directive.name) && hasAccess(directive.body ?? [])) noteOther(directive, unknown);
    return SECTIONS.test(directive.name) ? readSection(directive, around, unknown) : [];
  });
  const isFolder = ({ title }: Section) => title.startsWith('<Directory');
  const folders = found.filter(isFolder).toSorted((a, b) => (a.within[0]?.length ?? 0) - (b.within[0]?.length ?? 0));
  return [...folders, ...found.filter((each) => !isFolder(each))].toReversed();
}

/** `<Proxy *>` with `Require all granted` is what everybody writes, and says nothing of paths. */
function noteOther({ title, args, body = [] }: Directive, unknown: string[]): void {
  const requirement = readRequirement(body, undefined);
  if (/^proxy$/i.test(title) && requirement !== undefined && isOpenToAll(requirement)) return;
  unknown.push(`<${title} ${args.join(' ')}>`);
}

export const hasAccess = (body: readonly Directive[]): boolean =>
  body.some(
    ({ name, body: inner }) =>
      /^(?:require|authtype|oidcunauthaction|allow|deny|satisfy|authmerging)/.test(name) ||
      (/^limit/.test(name) && inner !== undefined),
  );

function readSection(
  { name, title, args, body = [] }: Directive,
  { ledger, pathOfFolder }: Around,
  unknown: string[],
): readonly Section[] {
  const about = `<${title} ${args.join(' ')}>`;
  const isRegex = name === 'locationmatch' || args[0] === '~';
  const written = args[0] === '~' ? args[1] : args[0];
  if (written === undefined) return [];
  if (name === 'directory') {
    const path = isRegex ? undefined : pathOfFolder(written);
    if (path !== undefined) return [plain(path, about, body)];
    if (hasAccess(body) && written !== '/') unknown.push(about);
    return [];
  }
  if (isRegex) return [{ ...pathsOfRegex(written), title: about, body }];
  const path = pathOfLocation(written);
  if (path !== undefined) return [plain(path, about, body)];
  if (hasAccess(body)) ledger.note('closed', about, 'no rule can have this path: all is closed until it is mended');
  return [{ within: [], around: [EVERYWHERE], isExact: false, title: about, body }];
}

const plain = (path: string, title: string, body: readonly Directive[]): Section => ({
  within: [path],
  around: [path],
  isExact: true,
  title,
  body,
});

/** `/admin` is the page and all below it; `*` stays within a segment. */
export function pathOfLocation(written: string): string | undefined {
  const path = `${written.replace(/^https?:\/\/[^/]+/i, '').replace(/\/+$/, '')}/*`;
  return /[?[\]]/.test(path) || path.includes('*/*') || judgePath(path) instanceof Wanted ? undefined : path;
}

export function rulesOfSection(section: Section, around: Around): readonly Rule[] {
  const { title, body } = section;
  const limits = body
    .filter(({ name }) => /^limit(?:except)?$/.test(name))
    .flatMap((limit) => rulesOfLimit(limit, section, around));
  const fields = fieldsOf(body, title, around);
  if (fields === undefined && body.some(({ name }) => name === 'oidcunauthaction'))
    around.ledger.note(
      'closed',
      title,
      'OIDCUnAuthAction without Require of its own: the sections around it decide alone',
    );
  const said: readonly Pick<Rule, 'methods' | 'fields'>[] = [...limits, ...(fields === undefined ? [] : [{ fields }])];
  return said.flatMap((each) => [
    ...section.within.map((path) => ({ ...each, path, why: title })),
    ...(section.isExact || each.fields['access'] === 'public' ? [] : closeAround(section, each, around.ledger)),
  ]);
}

/** What an expression may mean and no path surely does; a section further up could open it. */
function closeAround(
  { around, within, title }: Section,
  { methods }: Pick<Rule, 'methods'>,
  ledger: Ledger,
): readonly Rule[] {
  ledger.note(
    'closed',
    title,
    `only ${within.join(', ') || 'nothing'} is surely meant by the expression; the rest of ${around.join(', ')} is closed. An expression that begins with ^/ and is told by * and /* comes over whole`,
  );
  return around.map((path) => ({ path, methods, fields: CLOSED, why: `${title}, as far as no path tells it` }));
}

function rulesOfLimit(
  { name, args, body = [] }: Directive,
  { body: outer, title }: Section,
  around: Around,
): readonly Pick<Rule, 'methods' | 'fields'>[] {
  const methods = args
    .map((each) => each.toUpperCase())
    .filter((each) => /^[A-Z]+$/.test(each) && each !== 'TRACE' && each !== 'CONNECT');
  const about = `<${name} ${args.join(' ')}> in ${title}`;
  const fields = fieldsOf([...outer.filter(({ name }) => name === 'authtype'), ...body], about, around) ?? CLOSED;
  if (name === 'limit') return [{ methods, fields }];
  const others = fieldsOf(outer, title, around);
  if (others === undefined)
    around.ledger.note(
      'closed',
      about,
      `${methods.join(', ')}: what the sections around it say of these methods is not carried over`,
    );
  return [...(methods.length > 0 ? [{ methods, fields: others ?? CLOSED }] : []), { fields }];
}

function fieldsOf(body: readonly Directive[], title: string, { ledger, remoteUser, role }: Around): Fields | undefined {
  const one = (name: string) => body.findLast((each) => each.name === name)?.args;
  const older = body.some(({ name }) => /^(?:allow|deny|order|satisfy)$/.test(name));
  const requirement = readRequirement(body, remoteUser);
  if (requirement === undefined && !older) return undefined;
  const close = (why: string): Fields => {
    ledger.note('closed', title, `${why}: nobody passes. Write roles = […], or import again with --role NAME`);
    return role === undefined ? CLOSED : { roles: [role] };
  };
  if (older) return close('Order, Allow, Deny and Satisfy are not read: write them with Require');
  const merging = one('authmerging')?.[0]?.toLowerCase();
  if (merging !== undefined && merging !== 'off') return close(`AuthMerging ${merging}`);
  const type = one('authtype')?.[0]?.toLowerCase();
  const isOidc = type === undefined || /^(?:openid-connect|auth-openidc|oauth20)$/.test(type);
  if (requirement !== undefined && isOpenToAll(requirement)) return { access: 'public' };
  if (!isOidc && type !== 'none') return close(`AuthType ${type}, whose users are none of ZITADEL’s`);
  return say(
    requirement ?? [],
    { title, ledger, role, action: one('oidcunauthaction'), isBearer: type === 'oauth20' },
    one('oidcpathauthrequestparams')?.[0],
  );
}

interface Saying {
  readonly title: string;
  readonly ledger: Ledger;
  readonly role: string | undefined;
  readonly action: readonly string[] | undefined;
  readonly isBearer: boolean;
}

function say(
  requirement: Requirement,
  { title, ledger, role, action, isBearer }: Saying,
  parameters: string | undefined,
): Fields {
  const { fields, lost } = sayCondition(conditionOf(requirement), role);
  if (lost.length > 0)
    ledger.note(
      'closed',
      title,
      `${lost.join('; or ')} can’t be asked for by a rule: ${isClosed(fields) ? 'nobody passes' : 'who came in by that needs what the rule asks for'}. Write roles = […], or import again with --role NAME`,
    );
  const [what = 'auth', expression] = action ?? [];
  if (expression !== undefined)
    ledger.note('changed', title, 'OIDCUnAuthAction with an expression: everybody is sent to sign in as usual');
  if (what === 'pass' && expression === undefined && Object.keys(fields).length === 0) return { access: 'public' };
  if (isBearer)
    ledger.note(
      'todo',
      title,
      'AuthType oauth20: bearer tokens are taken once ZITADEL_PROJECT_ID is set; credentials = ["bearer"] keeps sessions out',
    );
  const isPlain = isBearer || (/^(?:401|407|410)$/.test(what) && expression === undefined);
  return isClosed(fields)
    ? fields
    : { ...fields, ...(isPlain && { unauthenticated: '401' }), ...stepUp(parameters, title, ledger) };
}

function stepUp(parameters: string | undefined, title: string, ledger: Ledger): Fields {
  if (parameters === undefined) return {};
  const seconds = Number(/(?:^|&)max_age=(\d+)(?:&|$)/.exec(parameters)?.[1] ?? 0);
  if (/acr_values=/.test(parameters))
    ledger.note('lost', title, 'acr_values: amr = ["mfa"] of a rule asks for a second factor, and checks it');
  return seconds > 0 ? { max_age: seconds } : {};
}
