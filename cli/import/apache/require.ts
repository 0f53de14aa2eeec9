// Apache's `Require`, with mod_auth_openidc's `claim`, as a condition: the lines of a section are alternatives unless they stand in
// RequireAll. httpd: mod_authz_core; mod_auth_openidc: Require claim.

import { type Atom, type Clause, type Condition, lost } from '../conditions.ts';
import type { Directive } from '../formats/apache.ts';
import { parseWords } from '../paths/regex-words.ts';

export interface Way {
  readonly atoms: Clause;
  /** It asks for nobody's name. */
  readonly isOpen: boolean;
}

/** Any of the ways lets pass. */
export type Requirement = readonly Way[];

/** `undefined`: the section says nothing of who may pass. */
export function readRequirement(body: readonly Directive[], remoteUser: string | undefined): Requirement | undefined {
  const own = body.filter(({ name }) => /^require(?:any|all|none)?$/.test(name));
  return own.length === 0 ? undefined : own.flatMap((each) => read(each, remoteUser));
}

function read({ name, args, body = [] }: Directive, remoteUser: string | undefined): Requirement {
  const inner = body
    .filter((each) => /^require(?:any|all|none)?$/.test(each.name))
    .map((each) => read(each, remoteUser));
  if (name === 'requirenone') return [{ atoms: [lost('RequireNone')], isOpen: true }];
  if (name === 'requireall') return inner.reduce<Requirement>(both, [{ atoms: [], isOpen: true }]);
  if (name === 'requireany') return inner.flat();
  return readLine(args, remoteUser);
}

const both = (one: Requirement, other: Requirement): Requirement =>
  one.flatMap((way) =>
    other.map((more) => ({ atoms: [...way.atoms, ...more.atoms], isOpen: way.isOpen && more.isOpen })),
  );

function readLine([kind = '', ...values]: readonly string[], remoteUser: string | undefined): Requirement {
  switch (kind.toLowerCase()) {
    case 'all':
      return values[0]?.toLowerCase() === 'granted' ? [{ atoms: [], isOpen: true }] : [];
    case 'valid-user':
      return [{ atoms: [], isOpen: false }];
    case 'user':
      return values.map((value) => ({ atoms: [userAtom(value, remoteUser)], isOpen: false }));
    case 'claim':
      return values.map((value) => ({ atoms: [claimAtom(value)], isOpen: false }));
    default:
      return [{ atoms: [lost(`Require ${kind}`)], isOpen: true }];
  }
}

/** `sub@`, the default, is followed by the provider's host, which the claim itself does not have. */
function userAtom(user: string, remoteUser: string | undefined): Atom {
  if (remoteUser === undefined || remoteUser.endsWith('@')) return lost(`Require user ${user}`);
  return { kind: 'claim', name: remoteUser, values: [user] };
}

const ROLES = /(?:^|\.)(?:roles?|groups?)$|^urn:zitadel:iam:org:project:(?:\d+:)?roles$/;

function claimAtom(spec: string): Atom {
  const found = /^((?:urn|https?):.*)([:~])([^:~]*)$/.exec(spec) ?? /^([^:~]+)([:~])(.*)$/s.exec(spec);
  const [, name = '', sign, text = ''] = found ?? [];
  const values = sign === '~' ? literals(text) : [text];
  if (values === undefined || name === '' || text === '') return lost(`Require claim ${name}`);
  if (ROLES.test(name)) return { kind: 'roles', values };
  // A path into a claim that is an object
  return name.includes('.') && !/^(?:urn|https?):/.test(name)
    ? lost(`Require claim ${name}`)
    : { kind: 'claim', name, values };
}

/** `^(a|b)$` */
function literals(pattern: string): readonly string[] | undefined {
  const words = parseWords(pattern);
  if (words === undefined || words.ignoresCase) return undefined;
  const texts = words.words.map((word) => {
    const [start, text, end, ...more] = word;
    return start?.kind === 'start' && text?.kind === 'text' && end?.kind === 'end' && more.length === 0
      ? text.text
      : undefined;
  });
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

export const isOpenToAll = (requirement: Requirement): boolean =>
  requirement.some(({ atoms, isOpen }) => isOpen && atoms.length === 0);

export const conditionOf = (requirement: Requirement): Condition => requirement.map(({ atoms }) => atoms);
