// `npx postern users` with an account that may not do all of it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { System } from '../../../cli/support/system.ts';
import { type Bed, createBed, everything, ROBOT } from '../setup-bed.ts';
import { rolesOf } from './bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
  await bed.setup(everything(bed));
  bed.takeCalls();
});
afterEach(async () => await bed.stop());

describe('postern users with an account that may not', () => {
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
    expect(rolesOf(bed, 'alice@example.com')).toEqual(['admin']);
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
