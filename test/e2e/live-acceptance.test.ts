// `postern acceptance` against the stand-in, which proves itself by the script that real servers are held to.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptance } from '../../cli/acceptance/command.ts';
import type { Line } from '../../cli/acceptance/ledger.ts';
import { createSystem } from '../../cli/support/this-system.ts';
import { apiControl } from '../../stand-in/api/control.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createZitadel, type Zitadel } from '../../stand-in/zitadel.ts';
import { hasChromium } from '../support/chromium.ts';

let zitadel: Zitadel;
let origin: string;
let keyFile: string;
let close: () => Promise<void>;
let folder: string;

async function run(...args: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  const system = {
    ...createSystem(),
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
  };
  const code = await acceptance(['--issuer', origin, '--admin-key', keyFile, '--json', ...args], system);
  const json = JSON.parse(printed.join('\n')) as { lines?: readonly Line[]; left?: readonly string[]; error?: string };
  return { code, json, told: told.join('\n') };
}

beforeAll(async () => {
  zitadel = createZitadel({ settings: { projectionLag: 1 } });
  ({ origin, close } = await zitadel.listen());
  folder = await mkdtemp(join(tmpdir(), 'acceptance-'));
  keyFile = join(folder, 'admin.json');
  apiControl(zitadel.store).instanceOwners.add(SEED.users.service);
  await writeFile(keyFile, JSON.stringify(await zitadel.createServiceAccountKey(SEED.users.service)));
});

afterAll(async () => {
  zitadel.close();
  await close();
  await rm(folder, { recursive: true });
});

describe('postern acceptance', () => {
  it('refuses an instance that is in use, and makes nothing there', async () => {
    const before = zitadel.store.projects.size;
    const { code, json } = await run();
    expect(code).toBe(2);
    expect(json.error).toMatch(/is in use: it has 2 organisations, 5 people/);
    expect(zitadel.store.projects.size).toBe(before);
  });

  it('passes in every line at the stand-in, and leaves nothing behind', async () => {
    const before = JSON.stringify([[...zitadel.store.projects.keys()], [...zitadel.store.users.keys()]]);
    const { code, json } = await run('--not-empty', '--rotate-keys');
    expect(json.lines?.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    const unasked = json.lines?.filter(({ outcome }) => outcome === 'not applicable').map(({ what }) => what);
    expect(unasked).toEqual(hasChromium ? [] : ['in Chromium, with its scripts and its cookies']);
    expect(json.left).toEqual([]);
    expect(code).toBe(0);
    expect(JSON.stringify([[...zitadel.store.projects.keys()], [...zitadel.store.users.keys()]])).toBe(before);
  }, 300_000);
});
