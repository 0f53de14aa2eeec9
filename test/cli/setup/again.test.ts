// `npx postern setup` a second time, against older servers, and after it failed half-way.

import { mkdir, rmdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bed, CONFIG, createBed, everything, only, PEOPLE } from '../setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

describe('postern setup: a second run changes nothing and says so', () => {
  it.each(['nothing', 'new-services', 'version-2'] as const)('where the server lacks %s', async (lacks) => {
    bed.control.lacks = lacks;
    expect(await bed.setup(everything(bed))).toMatchObject({ code: 0, err: '' });
    const files = async () => [await bed.read(CONFIG), await bed.read('.dev.vars'), await bed.read('reporter.json')];
    const [store, before] = [snapshot(bed), await files()];
    const { code, out } = await bed.setup(everything(bed));
    expect(code).toBe(0);
    expect(out).toContain('Nothing to change: everything is as it should be.');
    expect(out).not.toMatch(/^(?:made|changed)/m);
    expect(snapshot(bed)).toBe(store);
    expect(await files()).toEqual(before);
  });

  it('writes nothing at ZITADEL', async () => {
    await bed.setup(everything(bed));
    bed.takeCalls();
    await bed.setup(everything(bed));
    for (const call of bed.takeCalls()) expect(call).toMatch(/\/List\w+$|^POST \/v2\/users$|^GET /);
  });

  it('lists that lag behind do not make things twice', async () => {
    bed.zitadel.settings.projectionLag = 3;
    expect(await bed.setup(everything(bed))).toMatchObject({ code: 0, err: '' });
    const { out } = await bed.setup(everything(bed));
    expect(out).not.toMatch(/^made/m);
    expect(bed.zitadel.store.projects.size).toBe(1);
    expect(bed.zitadel.store.applications.size).toBe(2);
  });

  it('somebody who has not followed the invitation is not mailed again, but mentioned', async () => {
    await bed.setup(PEOPLE);
    bed.control.invited.clear();
    const { out } = await bed.setup(PEOPLE);
    expect(bed.control.invited.size).toBe(0);
    expect(out).toContain(
      'note       alice@example.com has no way to sign in yet: npx postern users invite alice@example.com',
    );
  });
});

describe('postern setup at an older server', () => {
  it.each([
    ['new-services', 'not-found'],
    ['new-services', 'unimplemented'],
    ['version-2', 'not-found'],
    ['version-2', 'unimplemented'],
  ] as const)('that lacks %s (%s) is asked by version 1, each service found out once', async (lacks, lackAnswer) => {
    Object.assign(bed.control, { lacks, lackAnswer });
    expect(await bed.setup(everything(bed))).toMatchObject({ code: 0, err: '' });
    const calls = bed.takeCalls();
    expect(calls).toContain('POST /management/v1/projects');
    expect(calls.filter((call) => call.includes('ProjectService'))).toHaveLength(1);
    expect(only(bed.zitadel.store.projects).roleAssertion).toBe(true);
    expect([...bed.zitadel.store.applications.values()][0]).toMatchObject({
      authMethod: 'none',
      devMode: true,
      grantTypes: ['authorization_code', 'refresh_token'],
    });
  });

  it('version 1 replaces whole configurations: what is not ours in them survives', async () => {
    bed.control.lacks = 'version-2';
    await bed.setup();
    const [project, application] = [only(bed.zitadel.store.projects), only(bed.zitadel.store.applications)];
    Object.assign(project, { roleAssertion: false, authorizationRequired: true });
    Object.assign(application, { accessTokenType: 'JWT', clockSkew: 3, idTokenRoleAssertion: false });
    expect((await bed.setup()).code).toBe(0);
    expect(project).toMatchObject({ roleAssertion: true, authorizationRequired: true });
    expect(application).toMatchObject({
      accessTokenType: 'JWT',
      clockSkew: 3,
      idTokenRoleAssertion: true,
      devMode: true,
    });
  });
});

describe('postern setup: a run that fails half-way says what was made and can be run again', () => {
  /** Fails the call of this number, from 1. */
  function interrupt(number: number, when: 'before' | 'after'): void {
    let seen = 0;
    bed.control.interrupt = () => {
      seen += 1;
      return seen === number ? when : undefined;
    };
  }

  it.each(['before', 'after'] as const)(
    'each call failing in turn, %s its work is done',
    async (when) => {
      for (let number = 1; ; number++) {
        await bed.stop();
        bed = await createBed();
        // Fewer calls to fail: waiting only repeats them
        bed.zitadel.settings.projectionLag = 0;
        interrupt(number, when);
        const first = await bed.setup(everything(bed));
        if (first.code === 0) {
          expect(number).toBeGreaterThan(15);
          return;
        }
        expect(first.code).toBe(1);
        expect(first.err).not.toMatch(/^\s+at /m);
        if (number > 2) expect(first.err).toMatch(/So far: project Postern.* Run it again/);
        bed.control.interrupt = () => undefined;
        expect(await bed.setup(everything(bed)), `after call ${number} failed`).toMatchObject({ code: 0, err: '' });
        const third = await bed.setup(everything(bed));
        expect(third.out).toContain('Nothing to change');
        expect(bed.zitadel.store.applications.size).toBe(2);
        expect(bed.zitadel.store.users.size).toBe(3);
        expect(bed.zitadel.store.authorizations.size).toBe(2);
      }
    },
    120_000,
  );

  it.each(['discovery', 'token', 'userinfo'] as const)('%s failing: nothing is made yet', async (endpoint) => {
    bed.zitadel.faults.set(endpoint, { status: 503 }, { times: 1 });
    const { code, err } = await bed.setup();
    expect(code).toBe(1);
    expect(err).not.toContain('So far');
    expect((await bed.setup()).code).toBe(0);
  });

  it('.dev.vars that can’t be written: says which file, and what was made', async () => {
    await mkdir(bed.path('.dev.vars'));
    const { code, err } = await bed.setup();
    expect(code).toBe(1);
    expect(err).toMatch(/\.dev\.vars: is a folder/);
    expect(err).toContain('So far: project Postern');
    await rmdir(bed.path('.dev.vars'));
    expect((await bed.setup()).code).toBe(0);
  });

  it('an invitation that was not sent: says how to send it', async () => {
    bed.control.interrupt = ({ name }) => (name.endsWith('/invite_code') ? 'before' : undefined);
    const { code, err } = await bed.setup(PEOPLE);
    expect(code).toBe(1);
    expect(err).toContain('npx postern users invite alice@example.com');
  });
});

/** Everything at the stand-in that a set-up could change. */
function snapshot({ zitadel: { store } }: Bed): string {
  const { projects, applications, users, authorizations } = store;
  return JSON.stringify(
    [projects, applications, users, authorizations].map((map) => [...map.values()]),
    (_key, value) => (value instanceof Map ? [...value.keys()] : value),
  );
}
