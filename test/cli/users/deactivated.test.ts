// `npx postern users` and an authorization that somebody has deactivated.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, createBed, everything } from '../setup-bed.ts';
import { rolesOf } from './bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
  await bed.setup(everything(bed));
  bed.takeCalls();
});
afterEach(async () => await bed.stop());

describe.each(['nothing', 'version-2'] as const)('a deactivated authorization, where the server lacks %s', (lacks) => {
  it('is not said to give roles; taken away and given anew it does', async () => {
    bed.control.lacks = lacks;
    for (const grant of bed.zitadel.store.authorizations.values()) grant.active = false;
    for (const role of ['admin', 'staff']) {
      const refused = await bed.users(['grant', 'alice@example.com', role]);
      expect([refused.code, refused.out]).toEqual([1, '']);
      expect(refused.err).toContain('is deactivated, so none of them counts');
    }
    expect(rolesOf(bed, 'alice@example.com')).toEqual(['admin']);
    expect((await bed.users(['revoke', 'alice@example.com', '--all'])).out).toContain('taken admin');
    expect((await bed.users(['grant', 'alice@example.com', 'admin'])).out).toContain('given admin');
    expect((await bed.users(['list'])).out).toMatch(/^alice@example.com .+admin/m);
  });
});
