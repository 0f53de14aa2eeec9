// What `users` can do. Each judges its arguments before anything is asked of ZITADEL, and can be done twice.

import { readPassword } from '../setup/gather.ts';
import { parsePerson } from '../setup/parse-answers.ts';
import { findOneUser, findOrCreatePerson, INVITED, invite, withoutMail } from '../setup/provision-users.ts';
import { CommandError, UsageError } from '../support/failure.ts';
import type { Look } from '../support/look.ts';
import { hiddenFrom, isApiError } from '../zitadel-api/api-error.ts';
import type { Connection } from '../zitadel-api/connection.ts';
import { listRoles } from '../zitadel-api/projects.ts';
import { grantRoles, revokeRoles } from '../zitadel-api/roles-of-users.ts';
import { inviteUser, listUsers, readMail, type User } from '../zitadel-api/users.ts';
import { readRoles } from './roles.ts';
import { printTable, printUser } from './text.ts';

export interface UsersFlags {
  readonly key?: string | undefined;
  readonly 'pat-file'?: string | undefined;
  readonly domain?: string | undefined;
  readonly project?: string | undefined;
  readonly org?: string | undefined;
  readonly config?: string | undefined;
  readonly env?: string | undefined;
  readonly role?: string[] | undefined;
  readonly 'password-file'?: string | undefined;
  readonly all?: boolean | undefined;
  readonly 'dry-run'?: boolean | undefined;
  readonly json?: boolean | undefined;
}

interface Scene {
  readonly connection: Connection;
  readonly projectId: string;
  readonly look: Look;
}

export interface Said {
  readonly text: string;
  readonly json: unknown;
  /** How many of the authorizations this account may not see. */
  readonly hidden?: number;
}

export interface Action {
  /** Which of the flags that only some actions know this one knows. */
  readonly flags: readonly ('role' | 'password-file' | 'all')[];
  readonly prepare: (args: readonly string[], flags: UsersFlags) => Promise<(scene: Scene) => Promise<Said>>;
}

export const ACTIONS = {
  list: {
    flags: ['all'],
    prepare: async (args, { all = false }) => {
      assertCount(args, 0, 'list');
      return async ({ connection, projectId }) => {
        const found = await listUsers(connection);
        const { users, others, hidden } = await readRoles(connection, projectId, found);
        const shown = [...users.filter(({ roles }) => all || roles.length > 0), ...others];
        if (shown.length === 0 && hidden > 0) throw hiddenFrom(hidden, 'the authorizations on the project');
        return { text: printTable(shown), json: shown, hidden };
      };
    },
  },
  show: {
    flags: [],
    prepare: async (args) => {
      const who = assertCount(args, 1, 'show USER');
      return async ({ connection, projectId }) => {
        const found = await findUser(connection, who);
        const { users, hidden } = await readRoles(connection, projectId, [found], found.id);
        const [user] = users;
        return { text: user ? printUser(user) : '', json: user, hidden };
      };
    },
  },
  create: {
    flags: ['role', 'password-file'],
    prepare: async (args, flags) => {
      const person = parsePerson(assertCount(args, 1, 'create "Given Family <address>"'));
      const file = flags['password-file'];
      const password = file === undefined ? undefined : await readPassword(file);
      const roles = flags.role ?? [];
      return async ({ connection, projectId }) => {
        await assertKnown(connection, projectId, roles);
        const { thing: user, isMade, listed } = await findOrCreatePerson(connection, person, password);
        const mail = isMade && password === undefined ? await readMail(connection) : undefined;
        if (mail) await invite(connection, user, mail);
        if (isMade) await listed();
        const given = roles.length > 0 ? await grantRoles(connection, projectId, user.id, roles) : [];
        const how = mail ? MADE_AND[mail] : 'made, with the password given';
        const text = [
          `${person.email} ${isMade ? how : 'is there already'} (${user.id})`,
          ...describeRoles('given', given),
          ...(mail === 'no' ? withoutMail(person.email) : []),
        ];
        return { text: text.join('\n'), json: { id: user.id, isMade, given } };
      };
    },
  },
  grant: {
    flags: [],
    prepare: async ([who, ...roles]) => {
      if (who === undefined || roles.length === 0) throw new UsageError('grant USER ROLE…');
      return async ({ connection, projectId }) => {
        await assertKnown(connection, projectId, roles);
        const given = await grantRoles(connection, projectId, (await findUser(connection, who)).id, roles);
        const text = describeRoles('given', given)[0] ?? 'nothing to change: the roles are there already';
        return { text: `${who}: ${text}`, json: { given } };
      };
    },
  },
  revoke: {
    flags: ['all'],
    prepare: async ([who, ...roles], { all = false }) => {
      if (who === undefined || (roles.length === 0) !== all)
        throw new UsageError('revoke USER ROLE…, or revoke USER --all');
      return async ({ connection, projectId }) => {
        const { id } = await findUser(connection, who);
        const taken = await revokeRoles(connection, projectId, id, all ? 'all' : roles);
        const text = describeRoles('taken', taken)[0] ?? 'nothing to change: there are no such roles';
        return { text: `${who}: ${text}`, json: { taken } };
      };
    },
  },
  invite: {
    flags: [],
    prepare: async (args) => {
      const who = assertCount(args, 1, 'invite USER');
      return async ({ connection }) => {
        const user = await findUser(connection, who);
        if (user.kind !== 'human') throw new CommandError(`${who} is a service user, and has no mailbox`);
        const mail = await readMail(connection);
        if (mail === 'no') throw new CommandError(`${who} is ${INVITED.no}`, { hints: withoutMail(who) });
        await sendInvitation(connection, user);
        const text = mail === 'yes' ? `invited by mail to ${user.email}` : `${INVITED.unknown}: ${user.email}`;
        return { text: `${who}: ${text}`, json: { id: user.id, email: user.email, mail } };
      };
    },
  },
} satisfies Readonly<Record<string, Action>>;

export const isAction = (name: string): name is keyof typeof ACTIONS => Object.hasOwn(ACTIONS, name);

function assertCount(args: readonly string[], count: number, usage: string): string {
  if (args.length !== count) throw new UsageError(usage);
  return args[0] ?? '';
}

const MADE_AND = {
  yes: `made, and ${INVITED.yes}`,
  no: `made, and ${INVITED.no}`,
  unknown: `made; ${INVITED.unknown}`,
} as const;

async function sendInvitation(connection: Connection, { id, email }: User): Promise<void> {
  try {
    await inviteUser(connection, id);
  } catch (cause) {
    if (!isApiError(cause, 'initialised')) throw cause;
    throw new CommandError(`${email} has been through the first sign-in already: there is nothing to invite them to`, {
      hints: [
        'whoever has lost their password can reset it at the sign-in',
        `what they may use: npx postern users show ${email}`,
      ],
      cause,
    });
  }
}

async function findUser(connection: Connection, who: string): Promise<User> {
  const user = await findOneUser(connection, who);
  if (user) return user;
  throw new CommandError(`there is no user ${who} that this account may see`, {
    hints: ['npx postern users list --all shows everybody'],
  });
}

async function assertKnown(connection: Connection, projectId: string, roles: readonly string[]): Promise<void> {
  if (roles.length === 0) return;
  const known = await listRoles(connection, projectId);
  const unknown = roles.filter((role) => !known.includes(role));
  if (unknown.length === 0) return;
  throw new CommandError(`no role of the project: ${unknown.join(', ')}`, {
    hints: [`it has ${known.join(', ') || 'none'}`],
  });
}

const describeRoles = (word: string, roles: readonly string[]): readonly string[] =>
  roles.length > 0 ? [`${word} ${roles.join(', ')}`] : [];
