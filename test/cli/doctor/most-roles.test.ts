// `doctor --key`: whoever has the most roles is found, and whether what they need fits.
// docs/headers.md "How large it may be".

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiControl } from '../../../stand-in/api/control.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createMachineUser } from '../../../stand-in/seed-makers.ts';
import { type Bed, createBed } from '../doctor-bed.ts';
import { createRobotKey, ROBOT } from '../setup-bed.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A good installation, in which somebody has so many roles, and a service account that may see it. */
async function stage(count: number): Promise<{ bed: Bed; key: string }> {
  const bed = createBed();
  const { store } = bed.harness.zitadel;
  const { organizationId } = SEED;
  store.users.set(
    ROBOT,
    createMachineUser({ id: ROBOT, organizationId, username: 'robot', name: 'Robot', updatedAt: 0 }),
  );
  apiControl(store).administrators.add(ROBOT);
  const roleKeys = Array.from({ length: count }, (_, at) => `department-of-something-long-${at}`);
  for (const authorization of store.authorizations.values())
    if (authorization.userId === SEED.users.staff) authorization.roleKeys = roleKeys;
  const key = join(folder, 'key.json');
  await writeFile(key, await createRobotKey(bed.harness.zitadel));
  return { bed, key };
}

const sizes = (findings: Awaited<ReturnType<Bed['run']>>['findings']) =>
  findings.filter(({ check, found }) => check === 'header size' && found.includes('who has the most'));

describe('doctor --key', () => {
  it.each([
    [3, {}, 'ok', 0],
    [150, {}, 'warning', 0],
    [200, {}, 'warning', 0],
    [300, {}, 'failed', 1],
    [300, { IDENTITY_MAX_BYTES: 12_000 }, 'warning', 0],
    [
      300,
      {
        ROLE_MAP: Object.fromEntries(
          [...Array(300).keys()].map((at) => [`department-of-something-long-${at}`, `d${at}`]),
        ),
      },
      'ok',
      0,
    ],
    [200, { IDENTITY_HEADERS: { A: 'roles', B: 'roles' }, IDENTITY_MAX_BYTES: 30_000 }, 'warning', 0],
    [300, { IDENTITY_HEADERS: { A: 'roles', B: 'roles' }, IDENTITY_MAX_BYTES: 30_000 }, 'failed', 1],
    [50, { IDENTITY_MAX_BYTES: 1000 }, 'failed', 1],
  ])('%i roles, %j: %s', async (count, values, status, code) => {
    const { bed, key } = await stage(count);
    Object.assign(bed.values, values);
    const run = await bed.run('--key', key);
    expect(sizes(run.findings)).toEqual([
      expect.objectContaining({ status, found: expect.stringContaining(`${count} roles`) }),
    ]);
    expect(run.code).toBe(code);
  });

  it('names whose it is, the field, the answer that they get and the way out', async () => {
    const { bed, key } = await stage(300);
    const [finding] = sizes((await bed.run('--key', key)).findings);
    expect(finding?.found).toMatch(/^zoe@.*X-Forwarded-Roles the largest with \d+: .*500 identity_too_large.*8190/);
    expect(finding?.cure).toMatch(/ROLE_MAP.*IDENTITY_MAX_BYTES/);
  });

  it('without a key says what it would show, and what the rules name is measured', async () => {
    const { findings } = await createBed().run();
    const found = findings.filter(({ check }) => check === 'header size');
    expect(found.map(({ status }) => status).sort()).toEqual(['ok', 'skipped']);
    expect(found.find(({ status }) => status === 'skipped')?.found).toContain('--key');
  });

  it('an account that may not look is a failure, with its cure', async () => {
    const { bed, key } = await stage(3);
    bed.harness.zitadel.store.users.delete(ROBOT);
    const { findings, code } = await bed.run('--key', key);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'header size', status: 'failed', cure: expect.stringContaining('Org Owner') }),
    );
    expect(code).toBe(1);
  });
});
