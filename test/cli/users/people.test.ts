// `npx postern users`, in process, against the stand-in’s management API on loopback: people are made, listed, and given roles.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, createBed, everything } from '../setup-bed.ts';
import { bob, rolesOf } from './bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
  await bed.setup(everything(bed));
  bed.takeCalls();
});
afterEach(async () => await bed.stop());

describe.each(['nothing', 'version-2'] as const)('postern users, where the server lacks %s', (lacks) => {
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
    expect(rolesOf(bed, 'alice@example.com')).toEqual(['admin', 'staff']);
    expect((await bed.users(['grant', 'alice@example.com', 'staff'])).out).toContain('nothing to change');
    expect((await bed.users(['revoke', 'alice@example.com', 'admin'])).out).toBe('alice@example.com: taken admin');
    expect(rolesOf(bed, 'alice@example.com')).toEqual(['staff']);
    expect((await bed.users(['revoke', 'alice@example.com', 'admin'])).out).toContain('nothing to change');
    expect((await bed.users(['revoke', 'alice@example.com', '--all'])).out).toBe('alice@example.com: taken staff');
    expect(bed.zitadel.store.authorizations.size).toBe(1);
  });
});

describe('postern users', () => {
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
  ])('%j makes no sense: exit code 2', async (args, message) => {
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
  ])('%j does not work: exit code 1', async (args, message) => {
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

describe('postern users, given an id that fits no path, asks ZITADEL for nothing else', () => {
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
