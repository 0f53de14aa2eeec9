// `npx postern users`, in process, against the stand-in's management API on loopback.
// Issue 7.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../cli/support/system.ts';
import { type Bed, createBed, everything, only, ROBOT } from './setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
  await bed.setup(everything(bed));
  bed.takeCalls();
});
afterEach(async () => await bed.stop());

const rolesOf = (user: string) => {
  const { id } = bed.zitadel.findUser(user);
  return [...bed.zitadel.store.authorizations.values()]
    .filter(({ userId }) => userId === id)
    .flatMap(({ roleKeys }) => roleKeys);
};
const bob = ['create', 'Bob van Dyk <bob@example.com>'];

describe.each(['nothing', 'version-2'] as const)('issue 7: users, where the server lacks %s', (lacks) => {
  beforeEach(() => {
    bed.control.lacks = lacks;
  });

  it('list shows who has a role; --all everybody', async () => {
    const { code, out } = await bed.users(['list']);
    expect(code).toBe(0);
    const rows = out.split('\n').map((line) => line.split(/\s{2,}/).slice(0, 3));
    expect(rows).toEqual([
      ['user', 'name', 'roles'],
      ['reporter', 'reporter', 'staff'],
      ['alice@example.com', 'Alice Smith', 'admin'],
    ]);
    expect((await bed.users(['list', '--all'])).out).toMatch(/^robot {2,}Robot {2,}–/m);
    expect(JSON.parse((await bed.users(['list', '--json'])).out)).toMatchObject([
      {},
      { username: 'alice@example.com', roles: ['admin'] },
    ]);
  });

  it.each(['alice@example.com', 'alice@example.com@acme.zitadel.example', 'the id'])(
    'show finds a user by %s',
    async (who) => {
      const { id } = bed.zitadel.findUser('alice@example.com');
      const { code, out } = await bed.users(['show', who === 'the id' ? id : who]);
      expect(code).toBe(0);
      expect(out).toMatch(/^e-mail {6}alice@example.com \(not verified\)$/m);
      expect(out).toMatch(/^roles {7}admin$/m);
    },
  );

  it('create makes, invites and grants; again it changes nothing', async () => {
    const { code, out } = await bed.users([...bob, '--role', 'staff']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^bob@example.com made; ZITADEL was asked to invite them by mail, if it can send any \(\d+\)\ngiven staff$/,
    );
    expect(bed.zitadel.findUser('bob@example.com')).toMatchObject({ givenName: 'Bob', familyName: 'van Dyk' });
    expect(bed.control.invited.has(bed.zitadel.findUser('bob@example.com').id)).toBe(true);
    const again = await bed.users([...bob, '--role', 'staff', '--json']);
    expect(JSON.parse(again.out)).toMatchObject({ isMade: false, given: [] });
  });

  it('grant adds to what is there, revoke takes, and each can be done twice', async () => {
    expect((await bed.users(['grant', 'alice@example.com', 'staff', 'admin'])).out).toBe(
      'alice@example.com: given staff',
    );
    expect(rolesOf('alice@example.com')).toEqual(['admin', 'staff']);
    expect((await bed.users(['grant', 'alice@example.com', 'staff'])).out).toContain('nothing to change');
    expect((await bed.users(['revoke', 'alice@example.com', 'admin'])).out).toBe('alice@example.com: taken admin');
    expect(rolesOf('alice@example.com')).toEqual(['staff']);
    expect((await bed.users(['revoke', 'alice@example.com', 'admin'])).out).toContain('nothing to change');
    expect((await bed.users(['revoke', 'alice@example.com', '--all'])).out).toBe('alice@example.com: taken staff');
    expect(bed.zitadel.store.authorizations.size).toBe(1);
  });
});

describe('issue 7: users', () => {
  it('invite sends the mail again', async () => {
    bed.control.invited.clear();
    expect((await bed.users(['invite', 'alice@example.com'])).code).toBe(0);
    expect(bed.control.invited.size).toBe(1);
  });

  it('--dry-run says what would be called and calls nothing that writes', async () => {
    const before = bed.zitadel.store.users.size;
    const { code, err } = await bed.users([...bob, '--role', 'staff', '--dry-run']);
    expect(code).toBe(0);
    expect(err).toContain('would call POST');
    expect(err).toContain('CreateAuthorization');
    expect(bed.zitadel.store.users.size).toBe(before);
  });

  it.each([
    [['remove'], 'remove is no action'],
    [['list', 'x'], 'list'],
    [['show'], 'show USER'],
    [['grant', 'alice@example.com'], 'grant USER ROLE…'],
    [['revoke', 'alice@example.com'], 'revoke USER --all'],
    [['revoke', 'alice@example.com', 'admin', '--all'], 'revoke USER --all'],
    [['create', 'bob'], 'a person is'],
    [['list', '--role', 'x'], '--role has no effect on list'],
    [['list', '--bogus'], 'Unknown option'],
    [['list', '--domain', 'ftp://x'], '--domain is a URL'],
  ])('%j: 2', async (args, message) => {
    const { code, out, err } = await bed.users(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it.each([
    [['show', 'nobody'], 'there is no user nobody'],
    [['grant', 'alice@example.com', 'boss'], 'no role of the project: boss'],
    [['invite', 'reporter'], 'has no mailbox'],
    [['list', '--project', '1'], 'there is no project 1 that this account may see'],
  ])('%j: 1', async (args, message) => {
    const { code, err } = await bed.users(args);
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it('two users of one address: which are meant is asked', async () => {
    const alice = bed.zitadel.findUser('alice@example.com');
    bed.zitadel.store.users.set('249703999999999999', { ...alice, id: '249703999999999999', username: 'alice2' });
    bed.zitadel.store.users.set(alice.id, { ...alice, username: 'alice1' });
    const { code, err } = await bed.users(['show', 'alice@example.com']);
    expect(code).toBe(1);
    expect(err).toContain('is not one user but 2');
    expect((await bed.users(['show', 'alice2'])).code).toBe(0);
  });

  it('many roles and authorizations of one moment come in pages, each of them once', async () => {
    const { store } = bed.zitadel;
    const alice = bed.zitadel.findUser('alice@example.com');
    const [project] = store.projects.values();
    const [grant] = store.authorizations.values();
    if (!project || !grant) throw new Error('a project and a grant are wanted');
    const names = Array.from({ length: 450 }, (_, number) => `x${number}`);
    for (const id of names) {
      project.roles.set(id, { displayName: id });
      store.users.set(id, { ...alice, id, username: id });
      store.authorizations.set(id, { ...grant, id, userId: id, roleKeys: [id] });
    }
    const listed: { username: string; roles: string[] }[] = JSON.parse((await bed.users(['list', '--json'])).out);
    const isWhole = names.every((id) => listed.some(({ username, roles }) => username === id && roles.includes(id)));
    expect([listed.length, isWhole]).toEqual([452, true]);
    for (const id of ['x1', 'x220', 'x449'])
      expect((await bed.users(['grant', id, 'x0', 'x220', 'x449'])).code).toBe(0);
  });

  it('many users come in pages', async () => {
    const alice = bed.zitadel.findUser('alice@example.com');
    for (let number = 0; number < 450; number++) {
      bed.zitadel.store.users.set(`x${number}`, { ...alice, id: `x${number}`, username: `x${number}` });
    }
    const everybody = JSON.parse((await bed.users(['list', '--all', '--json'])).out);
    expect(everybody).toHaveLength(453);
  });
});

describe.each(['nothing', 'version-2'] as const)('a deactivated authorization, where the server lacks %s', (lacks) => {
  it('is not said to give roles; taken away and given anew it does', async () => {
    bed.control.lacks = lacks;
    for (const grant of bed.zitadel.store.authorizations.values()) grant.active = false;
    for (const role of ['admin', 'staff']) {
      const refused = await bed.users(['grant', 'alice@example.com', role]);
      expect([refused.code, refused.out]).toEqual([1, '']);
      expect(refused.err).toContain('is deactivated, so none of them counts');
    }
    expect(rolesOf('alice@example.com')).toEqual(['admin']);
    expect((await bed.users(['revoke', 'alice@example.com', '--all'])).out).toContain('taken admin');
    expect((await bed.users(['grant', 'alice@example.com', 'admin'])).out).toContain('given admin');
    expect((await bed.users(['list'])).out).toMatch(/^alice@example.com .+admin/m);
  });
});

describe('ids of people that fit no path', () => {
  it.each(['249/1', 'zoë', 'a b', 'a?b#c%25d', 'plain-1.x'])('%s', async (id) => {
    const { store } = bed.zitadel;
    const alice = bed.zitadel.findUser('alice@example.com');
    store.users.set(id, { ...alice, id, username: 'odd', email: 'odd@example.com' } as typeof alice);
    bed.control.withoutMeans.add(id);
    expect(JSON.parse((await bed.users(['show', id, '--json'])).out)).toMatchObject({ id, username: 'odd' });
    expect((await bed.users(['grant', id, 'staff'])).out).toContain('given staff');
    expect((await bed.users(['invite', id])).code).toBe(0);
    expect(bed.control.invited).toContain(id);
    const { out } = await bed.setup(['--user', 'Odd One <odd@example.com>']);
    expect(out).toContain('odd@example.com has no way to sign in yet: npx postern users invite odd@example.com');
    expect(out).toContain('Nothing to change');
  });
});

describe('an account that may not', () => {
  const ACTIONS = [
    ['list'],
    ['list', '--all'],
    ['show', 'alice@example.com'],
    ['create', 'Bob van Dyk <bob@example.com>'],
    ['grant', 'alice@example.com', 'staff'],
    ['revoke', 'alice@example.com', 'admin'],
    ['revoke', 'alice@example.com', '--all'],
    ['invite', 'alice@example.com'],
  ];

  it.each(ACTIONS)('%s %s: says that it may not, not that there is nobody', async (...args) => {
    bed.control.administrators.clear();
    for (const level of ['none', 'member']) {
      if (level === 'member') bed.control.members.add(ROBOT);
      const { code, out, err } = await bed.users(args);
      expect([code, out], level).toEqual([1, '']);
      expect(err).toMatch(/^users: this account may not see the projects: .+ \((?:AUTHZ-cdgFk|AUTH-5mWD2)\)$/m);
      expect(err).toContain('Org Owner');
    }
  });

  it.each(['AUTHZ-cdgFk', 'AUTH-5mWD2'])('in any language: %s', async () => {
    bed.control.administrators.clear();
    bed.control.translate = () => 'Ça non';
    expect((await bed.users(['list'])).err).toContain('this account may not see the projects: Ça non (AUTHZ-cdgFk)');
  });

  /** ZITADEL counts what it hides; here of a list that is otherwise open. */
  function hide(list: string, hidden: number, shown: 'none' | 'all'): Partial<System> {
    return {
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (!url.endsWith(`/${list}`)) return response;
        const body = (await response.json()) as { pagination: { totalResult: string }; [items: string]: unknown };
        const total = String(Number(body.pagination.totalResult) + (shown === 'all' ? hidden : 0));
        const { pagination, ...items } = body;
        return Response.json({ pagination: { ...pagination, totalResult: total }, ...(shown === 'all' && items) });
      },
    };
  }

  it('sees nothing of what is counted: an error instead of “nobody”', async () => {
    const hidden = await bed.users(['list'], hide('ListAuthorizations', 0, 'none'));
    expect(hidden).toMatchObject({ code: 1, out: '' });
    expect(hidden.err).toContain('this account may not see 2 of the authorizations on the project');
    const taken = await bed.users(['revoke', 'alice@example.com', 'admin'], hide('ListAuthorizations', 0, 'none'));
    expect(taken.err).toContain('this account may not see 1 of the user’s authorizations');
    expect(rolesOf('alice@example.com')).toEqual(['admin']);
  });

  it('sees some of it: those, and a note', async () => {
    const { code, out, err } = await bed.users(['list'], hide('ListAuthorizations', 3, 'all'));
    expect(code).toBe(0);
    expect(out).toContain('alice@example.com');
    expect(err).toContain('this account may not see 3 more authorizations');
  });

  /** ZITADEL does not even count people whom the caller may not see; their authorizations it shows. */
  it('sees authorizations of people whom it does not see: they are listed all the same', async () => {
    const onlyReporter: typeof fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (!String(url).endsWith('/v2/users')) return response;
      const { result } = (await response.json()) as { result: { username: string }[] };
      return Response.json({
        details: { totalResult: '1' },
        result: result.filter(({ username }) => username === 'reporter'),
      });
    };
    for (const args of [['list'], ['list', '--all']]) {
      const { code, out } = await bed.users(args, { fetch: onlyReporter });
      expect(code).toBe(0);
      expect(out).toMatch(/^alice@example.com@\S+ +Alice Smith +admin +not shown +\d+$/m);
      expect(out).toMatch(/^reporter /m);
    }
  });

  it('sees no role that is counted: says so instead of “no role of the project”', async () => {
    const { err } = await bed.users(['grant', 'alice@example.com', 'staff'], hide('ListProjectRoles', 0, 'none'));
    expect(err).toContain('this account may not see 2 of the roles of the project');
  });

  it('many hidden ones do not end the pages early', async () => {
    const { store } = bed.zitadel;
    const [first] = store.authorizations.values();
    if (!first) throw new Error('a grant is wanted');
    const mine = { ...first, id: 'y', userId: ROBOT, roleKeys: ['staff'] };
    store.authorizations.clear();
    for (let number = 0; number < 450; number++) store.authorizations.set(`x${number}`, { ...first, id: `x${number}` });
    store.authorizations.set('y', mine);
    const pages: unknown[] = [];
    const { code } = await bed.users(['list'], {
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (!url.endsWith('/ListAuthorizations')) return response;
        const body = (await response.json()) as { authorizations: { id: string }[] };
        pages.push(body);
        return Response.json({ ...body, authorizations: body.authorizations.filter(({ id }) => id === 'y') });
      },
    });
    expect([code, pages.length]).toEqual([0, 3]);
  });
});

describe('two at once', () => {
  it.each([
    [
      'two grants to one who has roles',
      [
        ['grant', 'alice@example.com', 'staff'],
        ['grant', 'alice@example.com', 'boss'],
      ],
      ['admin', 'boss', 'staff'],
    ],
    [
      'two grants to one who has none',
      [
        ['grant', 'bob@example.com', 'staff'],
        ['grant', 'bob@example.com', 'boss'],
      ],
      ['boss', 'staff'],
    ],
    [
      'four grants',
      ['staff', 'boss', 'clerk', 'guest'].map((role) => ['grant', 'alice@example.com', role]),
      ['admin', 'boss', 'clerk', 'guest', 'staff'],
    ],
    [
      'a grant and a revoke',
      [
        ['grant', 'alice@example.com', 'staff'],
        ['revoke', 'alice@example.com', 'admin'],
      ],
      ['staff'],
    ],
    [
      'a grant and a revoke of all',
      [
        ['revoke', 'alice@example.com', '--all'],
        ['grant', 'bob@example.com', 'staff'],
      ],
      [],
    ],
  ])('%s: neither is lost', async (_name, commands, roles) => {
    await bed.users(['create', 'Bob van Dyk <bob@example.com>']);
    const { roles: known } = only(bed.zitadel.store.projects);
    for (const key of ['boss', 'clerk', 'guest']) known.set(key, { displayName: key });
    const ran = await Promise.all(commands.map((args) => bed.users(args)));
    for (const { code, out, err } of ran) {
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/: (?:given|taken) /);
    }
    expect(rolesOf(commands[0]?.[1] ?? '').sort()).toEqual(roles);
  });

  it.each([
    ['before it has read back', 1],
    ['once it has seen its own', 3],
  ])('a write of somebody who had read before, %s, is seen and mended', async (_name, after) => {
    bed.zitadel.settings.projectionLag = 0;
    const [grant] = [...bed.zitadel.store.authorizations.values()].filter(({ roleKeys }) => roleKeys.includes('admin'));
    let reads = -1;
    bed.control.interrupt = ({ name }) => {
      if (name.endsWith('/UpdateAuthorization') && reads < 0) reads = 0;
      else if (name.endsWith('/ListAuthorizations') && reads >= 0) reads += 1;
      if (reads === after && grant) {
        grant.roleKeys = ['admin', 'boss'];
        reads = 100;
      }
      return undefined;
    };
    only(bed.zitadel.store.projects).roles.set('boss', { displayName: 'Boss' });
    expect((await bed.users(['grant', 'alice@example.com', 'staff'])).out).toBe('alice@example.com: given staff');
    expect(rolesOf('alice@example.com').sort()).toEqual(['admin', 'boss', 'staff']);
  });

  it('who fights over a role for ever is told so', async () => {
    bed.zitadel.settings.projectionLag = 0;
    const [grant] = [...bed.zitadel.store.authorizations.values()].filter(({ roleKeys }) => roleKeys.includes('admin'));
    bed.control.interrupt = ({ name }) => {
      if (name.endsWith('/ListAuthorizations') && grant) grant.roleKeys = ['admin'];
      return undefined;
    };
    const { code, err } = await bed.users(['grant', 'alice@example.com', 'staff']);
    expect(code).toBe(1);
    expect(err).toContain('does not show the roles as they were written');
  });
});

describe('what a command has changed counts when it ends', () => {
  const rolesInToken = async () => {
    const user = bed.zitadel.findUser('alice@example.com');
    const scope = ['openid', `urn:zitadel:iam:org:project:id:${only(bed.zitadel.store.projects).id}:aud`];
    const token = await bed.zitadel.mintAccessToken({
      sub: user.id,
      scope,
      clientId: [...bed.zitadel.store.applications.values()][0]?.clientId ?? '',
    });
    const response = await fetch(`${bed.domain}/oidc/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    const claims = (await response.json()) as Record<string, object>;
    return Object.keys(claims['urn:zitadel:iam:org:project:roles'] ?? {});
  };

  it('a role that was given or taken', async () => {
    bed.zitadel.settings.projectionLag = 2;
    await bed.users(['grant', 'alice@example.com', 'staff']);
    expect(await rolesInToken()).toEqual(['admin', 'staff']);
    await bed.users(['revoke', 'alice@example.com', 'admin']);
    expect(await rolesInToken()).toEqual(['staff']);
    await bed.users(['revoke', 'alice@example.com', '--all']);
    expect(await rolesInToken()).toEqual([]);
    await bed.users(['grant', 'alice@example.com', 'admin']);
    expect(await rolesInToken()).toEqual(['admin']);
  });

  it('a user who was made is found by the next command', async () => {
    bed.zitadel.settings.projectionLag = 3;
    await bed.users(bob);
    expect((await bed.users(['show', 'bob@example.com'])).code).toBe(0);
  });
});

describe('an invitation', () => {
  it('is not said to be sent where ZITADEL can’t send any, if the account can know', async () => {
    bed.control.canMail = false;
    bed.control.instanceOwners.add(ROBOT);
    const made = await bed.users(bob);
    expect([made.code, made.out]).toEqual([
      0,
      expect.stringContaining('made, and not invited, because this ZITADEL has no mail provider'),
    ]);
    expect(made.out).toContain('--password-file FILE');
    const again = await bed.users(['invite', 'bob@example.com']);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no mail provider') });
    expect(bed.takeCalls().filter((call) => call.includes('invite_code'))).toEqual([]);
    bed.control.canMail = true;
    expect((await bed.users(['invite', 'bob@example.com'])).out).toBe(
      'bob@example.com: invited by mail to bob@example.com',
    );
  });

  it('is not said to be sent where the account can’t know', async () => {
    bed.control.canMail = false;
    for (const { out } of [await bed.users(bob), await bed.users(['invite', 'bob@example.com'])]) {
      expect(out).not.toMatch(/invited by mail/);
      expect(out).toContain('ZITADEL was asked to invite them by mail, if it can send any');
    }
  });

  it.each([(english: string) => english, () => 'Schon da'])(
    'to somebody who is set up already: another hint than the command itself',
    async (translate) => {
      bed.control.translate = translate;
      bed.control.passwords.set(bed.zitadel.findUser('alice@example.com').id, { password: 'x', changeRequired: false });
      const { code, err } = await bed.users(['invite', 'alice@example.com']);
      expect(code).toBe(1);
      expect(err).toContain('has been through the first sign-in already');
      expect(err).not.toContain('users invite');
    },
  );
});
