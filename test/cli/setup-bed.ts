// An empty ZITADEL (one organisation, one service account with a key) on loopback, a folder with a wrangler.toml, and the commands run in it.

import { generateKeyPair, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setup } from '../../cli/setup/command.ts';
import type { Prompts } from '../../cli/support/prompts.ts';
import type { System } from '../../cli/support/system.ts';
import { users } from '../../cli/users/command.ts';
import { type ApiControl, apiControl } from '../../stand-in/api/control.ts';
import { NEVER } from '../../stand-in/application-key.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createMachineUser } from '../../stand-in/seed-makers.ts';
import { createZitadel, type Zitadel } from '../../stand-in/zitadel.ts';

export const ROBOT = '249703444444444441';
export const CONFIG = 'wrangler.toml';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Bed {
  readonly zitadel: Zitadel;
  readonly control: ApiControl;
  readonly domain: string;
  readonly folder: string;
  readonly path: (name: string) => string;
  readonly read: (name: string) => Promise<string>;
  readonly write: (name: string, text: string) => Promise<void>;
  /** The clock of both sides. */
  readonly clock: Pick<System, 'now' | 'wait'>;
  /** The flags that every set-up needs. */
  readonly needed: readonly string[];
  setup(args?: readonly string[], changes?: Partial<System>): Promise<Ran>;
  /** With these flags alone. */
  setupWith(args: readonly string[]): Promise<Ran>;
  users(args: readonly string[], changes?: Partial<System>): Promise<Ran>;
  /** Of version 2 and 1, since the last time. */
  takeCalls(): readonly string[];
  stop(): Promise<void>;
}

/** Nothing in it but whom the set-up acts as. */
export function emptyZitadel({ store }: Zitadel): void {
  store.projects.clear();
  store.applications.clear();
  store.users.clear();
  store.authorizations.clear();
  const updatedAt = 0;
  const robot = { id: ROBOT, organizationId: SEED.organizationId, username: 'robot', name: 'Robot', updatedAt };
  store.users.set(ROBOT, createMachineUser(robot));
  apiControl(store).administrators.add(ROBOT);
}

let robotKeys: { privateKey: KeyObject; publicKey: KeyObject } | undefined;

/** One pair for all beds of a file: RSA keys take a moment to make. */
export async function createRobotKey(zitadel: Zitadel): Promise<string> {
  robotKeys ??= await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const robot = zitadel.findUser(ROBOT);
  if (robot.kind === 'machine') robot.keys.set('1', { publicKey: robotKeys.publicKey, expiresAt: NEVER });
  const key = robotKeys.privateKey.export({ type: 'pkcs1', format: 'pem' });
  return JSON.stringify({
    type: 'serviceaccount',
    keyId: '1',
    key,
    expirationDate: '9999-12-31T23:59:59Z',
    userId: ROBOT,
  });
}

export async function createBed(): Promise<Bed> {
  // Readers lag behind as at a real ZITADEL; waiting turns the clock on
  let ahead = 0;
  const now = () => Math.floor(Date.now() / 1000 + ahead);
  const wait = async (milliseconds: number) => {
    ahead += milliseconds / 1000;
  };
  const zitadel = createZitadel({ now, backChannelRetryDelays: [0, 0], settings: { projectionLag: 1 } });
  const { origin: domain, close } = await zitadel.listen();
  emptyZitadel(zitadel);
  const control = apiControl(zitadel.store);
  const folder = await mkdtemp(join(tmpdir(), 'setup-'));
  const path = (name: string) => join(folder, name);
  await writeFile(path(CONFIG), await readFile(CONFIG, 'utf8'));
  await writeFile(path('key.json'), await createRobotKey(zitadel));
  const needed = [
    ...['--domain', domain, '--key', path('key.json')],
    ...['--url', 'http://localhost:8787', '--upstream', 'http://localhost:8081'],
  ];
  const place = ['--config', path(CONFIG)];

  async function run(
    command: (args: readonly string[], system: System) => Promise<number>,
    args: readonly string[],
    changes: Partial<System> = {},
  ): Promise<Ran> {
    const [out, err]: [string[], string[]] = [[], []];
    const system = {
      ...createTestSystem(),
      now,
      wait,
      print: (line: string) => void out.push(line),
      tell: (line: string) => void err.push(line),
      ...changes,
    };
    const code = await command(args, system);
    return { code, out: out.join('\n'), err: err.join('\n') };
  }

  return {
    zitadel,
    control,
    domain,
    folder,
    clock: { now, wait },
    path,
    read: (name) => readFile(path(name), 'utf8'),
    write: (name, text) => writeFile(path(name), text),
    needed,
    setup: (args = [], changes) => run(setup, [...needed, ...place, ...args], changes),
    setupWith: (args) => run(setup, [...place, ...args]),
    users: (args, changes) => run(users, [...args, ...place, '--key', path('key.json')], changes),
    takeCalls: () => control.calls.splice(0).map(({ name }) => name),
    stop: async () => {
      zitadel.close();
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

/** No terminal, no Wrangler, nobody waits, and nobody hears that something takes longer, which depends on the machine. */
export function createTestSystem(): System {
  return {
    print: () => undefined,
    tell: () => undefined,
    // Else a slow machine’s “waiting for …” would be among the errors
    showNote: () => undefined,
    hasColour: { print: false, tell: false },
    prompts: undefined,
    fetch: (url, init) => fetch(url, init),
    now: () => Math.floor(Date.now() / 1000),
    wait: async () => undefined,
    env: {},
    runWrangler: async () => ({ code: 1, stdout: '', stderr: 'no Wrangler in this test' }),
  };
}

/** Answers by the beginning of the question; whatever it is not prepared for, it takes the proposal. */
export function scriptedPrompts(answers: Readonly<Record<string, string>>, asked: string[] = []): Prompts {
  const answer = (message: string, initial = '') => {
    asked.push(message);
    return Object.entries(answers).find(([beginning]) => message.startsWith(beginning))?.[1] ?? initial;
  };
  return {
    text: async ({ message, initial }) => answer(message, initial),
    secret: async ({ message }) => answer(message),
    choose: async (message, options) => (answer(message) || options[0]?.value) as (typeof options)[number]['value'],
    confirm: async (message) => answer(message, 'yes') === 'yes',
  };
}

export const PEOPLE = ['--user', 'Alice Smith <alice@example.com>', '--grant', 'alice@example.com=admin'];

/** Flags for all that a set-up can make. */
export const everything = ({ path }: Bed): readonly string[] => [
  ...['--api', '--service-user', 'reporter', '--service-key', path('reporter.json'), '--role', 'admin=Administrator'],
  ...['--role', 'staff', ...PEOPLE, '--grant', 'reporter=staff'],
];

export function only<Item>(items: ReadonlyMap<string, Item>): Item {
  const [first, ...others] = items.values();
  if (first === undefined || others.length > 0) throw new Error(`one is wanted, not ${items.size}`);
  return first;
}
