// What acceptance takes away behind a run that was killed, and what it leaves alone; and which instances it refuses.

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptance } from '../../../cli/acceptance/command.ts';
import { runsFolder, startJournal } from '../../../cli/acceptance/journal.ts';
import type { System } from '../../../cli/support/system.ts';
import { apiControl } from '../../../stand-in/api/control.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createHumanUser } from '../../../stand-in/seed-makers.ts';
import { createZitadel, type Zitadel } from '../../../stand-in/zitadel.ts';
import { createRobotKey, createTestSystem, emptyZitadel, ROBOT } from '../setup-bed.ts';

let zitadel: Zitadel;
let issuer: string;
let folder: string;
let close: () => Promise<void>;

beforeEach(async () => {
  zitadel = createZitadel();
  ({ origin: issuer, close } = await zitadel.listen());
  emptyZitadel(zitadel);
  zitadel.store.organizations.delete(SEED.otherOrganizationId);
  apiControl(zitadel.store).instanceOwners.add(ROBOT);
  folder = await mkdtemp(join(tmpdir(), 'acceptance-'));
  await writeFile(join(folder, 'key.json'), await createRobotKey(zitadel));
});

afterEach(async () => {
  zitadel.close();
  await close();
  await rm(folder, { recursive: true });
});

async function run(...args: readonly string[]) {
  return runWith({}, ...args);
}

async function runWith(changes: Partial<System>, ...args: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  const system = {
    ...createTestSystem(),
    wait: async () => undefined,
    print: (line: string) => void printed.push(line),
    tell: (line: string) => {
      told.push(line);
      changes.tell?.(line);
    },
    // The worker is not to be built here: no further than an empty instance's first step
    runWrangler: changes.runWrangler ?? (async () => ({ code: 1, stdout: '', stderr: 'not here' })),
  };
  const code = await acceptance(['--issuer', issuer, '--admin-key', join(folder, 'key.json'), ...args], system);
  return { code, out: printed.join('\n'), err: told.join('\n') };
}

const NAME = 'postern-acceptance-abc123';

function addProject(id: string, name: string): void {
  const { organizationId } = SEED;
  const project = { id, organizationId, name, active: true, roles: new Map(), roleAssertion: false };
  zitadel.store.projects.set(id, { ...project, authorizationRequired: false });
}

function addPerson(id: string, username: string): void {
  const email = 'x@example.com';
  const person = { id, organizationId: SEED.organizationId, username, givenName: 'A', familyName: 'B', email };
  zitadel.store.users.set(id, createHumanUser({ ...person, updatedAt: 0 }));
}

describe('postern acceptance --cleanup', () => {
  it('removes what a run’s journal and name say, and nothing else', async () => {
    const journal = await startJournal(issuer, NAME);
    addProject('1', NAME);
    addProject('2', `${NAME}-by-hand`);
    addProject('3', 'postern-acceptance-def456');
    addProject('4', `my ${NAME}`);
    addPerson('11', `${NAME}-ada@acceptance.example`);
    addPerson('12', 'postern-acceptance-def456-ada@acceptance.example');
    addPerson('13', 'somebody');
    const former = (await zitadel.webKeys.active()).kid;
    const own = await zitadel.webKeys.create('ES256');
    const foreign = await zitadel.webKeys.create('ES256');
    await journal.rememberKey(former);
    await journal.add({ kind: 'web key', id: own });
    await zitadel.webKeys.activate(own);

    const { code, out } = await run('--cleanup');
    expect([code, out]).toEqual([0, `Removed what is left of ${NAME}.`]);
    expect([...zitadel.store.projects.keys()]).toEqual(['3', '4']);
    expect([...zitadel.store.users.keys()]).toEqual([ROBOT, '12', '13']);
    expect((await zitadel.webKeys.active()).kid).toBe(former);
    const kids = (await zitadel.webKeys.all()).map(({ kid }) => kid);
    expect([kids.includes(own), kids.includes(foreign)]).toEqual([false, true]);
    expect(await readdir(runsFolder()).catch(() => [])).not.toContain(NAME);
  });

  it('leaves another key that somebody has made the signing one since', async () => {
    const journal = await startJournal(issuer, NAME);
    await journal.rememberKey((await zitadel.webKeys.active()).kid);
    await journal.add({ kind: 'web key', id: await zitadel.webKeys.create('ES256') });
    const newest = await zitadel.webKeys.create('ES256');
    await zitadel.webKeys.activate(newest);
    await run('--cleanup');
    expect((await zitadel.webKeys.active()).kid).toBe(newest);
  });

  it('of another issuer’s runs, and of a folder that is no journal, knows nothing', async () => {
    const { folder: runFolder } = await startJournal('http://localhost:1', NAME);
    addProject('1', NAME);
    const { code, out } = await run('--cleanup');
    expect([code, out]).toEqual([0, 'No run has left anything that is known here.']);
    expect(zitadel.store.projects.size).toBe(1);
    await rm(runFolder, { recursive: true });
  });

  it('names what can’t be removed, keeps the journal, and ends with 1', async () => {
    const { folder: runFolder } = await startJournal(issuer, NAME);
    addProject('1', NAME);
    apiControl(zitadel.store).interrupt = ({ name }) => (name.endsWith('DeleteProject') ? 'before' : undefined);
    const { code, err } = await run('--cleanup');
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`still there: project ${NAME} \\(1\\): ZITADEL answered 500`));
    expect(await readdir(runFolder)).toEqual(['journal.json']);
    await rm(runFolder, { recursive: true });
  });
});

describe('postern acceptance, at Ctrl-C,', () => {
  it('ends the run before its next line, and what was made is removed first', async () => {
    const before = process.listenerCount('SIGINT');
    let isEndedByOthers = false;
    const runWrangler: System['runWrangler'] = async (args) => {
      const outdir = args[args.indexOf('--outdir') + 1] ?? '';
      await mkdir(outdir, { recursive: true });
      await writeFile(join(outdir, 'index.js'), '');
      // As a library does that wants to clean up in its own way
      process.once('SIGINT', () => {
        isEndedByOthers = true;
      });
      return { code: 0, stdout: '', stderr: '' };
    };
    let made = 0;
    const tell = (line: string) => {
      if (!line.includes('a second run changes nothing')) return;
      made = zitadel.store.projects.size + zitadel.store.users.size;
      process.emit('SIGINT');
    };
    const { code, out, err } = await runWith({ runWrangler, tell });
    expect(made).toBe(4);
    expect([...zitadel.store.projects.keys(), ...zitadel.store.users.keys()]).toEqual([ROBOT]);
    expect(out).toContain('2 passed, 0 failed');
    expect(err).toContain('It was stopped before its end.');
    expect([code, isEndedByOthers]).toEqual([1, false]);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});

describe('postern acceptance: an instance', () => {
  it('that is fresh is taken, and left as it was when the run fails', async () => {
    const { code, out } = await run('--json');
    const { ok, lines, left } = JSON.parse(out);
    expect([code, ok, left]).toEqual([1, false, []]);
    expect(lines).toEqual([
      expect.objectContaining({ outcome: 'failed', reason: expect.stringContaining('not here') }),
    ]);
    expect([...zitadel.store.users.keys()]).toEqual([ROBOT]);
  });

  it.each([
    ['2 projects', () => ['ZITADEL', 'mine'].forEach((name) => void addProject(name, name))],
    ['2 people', () => ['1', '2'].forEach((id) => void addPerson(id, id))],
    [
      '2 organisations',
      () => zitadel.store.organizations.set('9', { id: '9', name: 'Two', primaryDomain: 'two.example' }),
    ],
  ])('with %s is refused before anything is made', async (what, fill) => {
    fill();
    const { code, err } = await run();
    expect(code).toBe(2);
    expect(err).toContain(`${issuer} is in use: it has ${what}`);
    expect(err).toContain('--not-empty');
    expect(await readdir(runsFolder()).catch(() => [])).toEqual([]);
  });
});

it.each([
  [[], '--issuer URL'],
  [['--issuer', 'http://localhost:1'], '--admin-key FILE'],
  [['--issuer', 'http://zitadel.example', '--admin-key', 'x'], 'begins with https://'],
])('postern acceptance: arguments %j make no sense: %s', async (args, complaint) => {
  const told: string[] = [];
  const code = await acceptance(args, { ...createTestSystem(), tell: (line) => void told.push(line) });
  expect(code).toBe(2);
  expect(told.join('\n')).toContain(complaint);
});
