// `npx postern users`, run twice at the same moment, and how long it waits until what it wrote can be read.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, createBed, everything, only, ROBOT } from '../setup-bed.ts';
import { bob, rolesOf } from './bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
  await bed.setup(everything(bed));
  bed.takeCalls();
});
afterEach(async () => await bed.stop());

describe('two runs of postern users at once', () => {
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
    expect(rolesOf(bed, commands[0]?.[1] ?? '').sort()).toEqual(roles);
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
    expect(rolesOf(bed, 'alice@example.com').sort()).toEqual(['admin', 'boss', 'staff']);
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

describe('what postern users has changed counts when it ends', () => {
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

describe('an invitation of postern users', () => {
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
