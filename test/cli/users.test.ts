// `npx postern users`, in process, against the stand-in's management API on loopback.
// Issue 7.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, createBed, everything } from './setup-bed.ts';

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
    expect(out).toMatch(/^bob@example.com made, and invited by mail \(\d+\)\ngiven staff$/);
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
    [['list', '--project', '1'], 'Errors.Project.NotFound'],
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

  it('many users come in pages', async () => {
    const alice = bed.zitadel.findUser('alice@example.com');
    for (let number = 0; number < 450; number++) {
      bed.zitadel.store.users.set(`x${number}`, { ...alice, id: `x${number}`, username: `x${number}` });
    }
    const everybody = JSON.parse((await bed.users(['list', '--all', '--json'])).out);
    expect(everybody).toHaveLength(453);
  });
});
