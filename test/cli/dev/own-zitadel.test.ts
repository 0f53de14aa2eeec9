// `postern dev` with one’s own ZITADEL: what is asked of it.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askAboutRegistration } from '../../../cli/dev/registration.ts';
import { openInstallation, planState } from '../../../cli/dev/state.ts';
import { runPostern } from '../../../cli/postern.ts';
import { SEED } from '../../../stand-in/seed.ts';
import { createZitadel } from '../../../stand-in/zitadel.ts';
import { freePort } from '../../support/worker.ts';
import { createTestSystem } from '../setup-bed.ts';
import { wranglerToml } from './wrangler-toml.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-dev-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('one’s own ZITADEL, under postern dev,', () => {
  it('is asked whether it knows this machine’s address; setup --also-url has it know', async () => {
    const zitadel = createZitadel();
    const { origin, close } = await zitadel.listen();
    try {
      await writeFile(at('wrangler.toml'), wranglerToml(origin));
      const place = { config: at('wrangler.toml') };
      const look = async () => {
        const wishes = { port: 9999, standIn: undefined, upstream: undefined };
        const state = planState(await openInstallation(place), wishes);
        return await askAboutRegistration(state, place, createTestSystem());
      };
      const { notes, commands } = await look();
      expect(notes.join('\n')).toContain('redirect URI http://localhost:9999/auth/callback');
      expect(notes.join('\n')).toContain('post-logout URI http://localhost:9999/auth/logout/callback');
      const standIn = await createKey(zitadel);
      const [first] = commands;
      expect(first?.command).toContain('--also-url http://localhost:9999');
      const words = (first?.command ?? '').replace('service-account.json', standIn).split(' ').slice(2);
      const errors: string[] = [];
      const code = await runPostern(words, { ...createTestSystem(), tell: (line) => void errors.push(line) });
      expect([code, errors]).toEqual([0, []]);
      expect(await look()).toEqual({ notes: [], commands: [] });
      expect(zitadel.webApplication.redirectUris).toEqual([
        SEED.redirectUri,
        'https://portal.acme.net/auth/callback',
        'http://localhost:9999/auth/callback',
      ]);
      expect(await readFile(at('wrangler.toml'), 'utf8')).toBe(wranglerToml(origin));
    } finally {
      zitadel.close();
      await close();
    }
  });

  it('that does not answer is said, and what it will have to know', async () => {
    const nobody = `http://localhost:${await freePort()}`;
    await writeFile(at('wrangler.toml'), wranglerToml(nobody));
    const place = { config: at('wrangler.toml') };
    const state = planState(await openInstallation(place), { port: 9999, standIn: undefined, upstream: undefined });
    const { notes } = await askAboutRegistration(state, place, createTestSystem());
    expect(notes.join('\n')).toMatch(/nothing listens there[\s\S]*redirect URI http:\/\/localhost:9999/);
  });
});

async function createKey(zitadel: ReturnType<typeof createZitadel>): Promise<string> {
  const { addManager, MANAGER_ID } = await import('../../../stand-in/adopt.ts');
  addManager(zitadel);
  await writeFile(at('manager.json'), JSON.stringify(await zitadel.createServiceAccountKey(MANAGER_ID)));
  return at('manager.json');
}
