// `postern dev`: the stand-in that it starts, and the ports that it takes.

import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDev } from '../../../cli/dev/command.ts';
import { isFree } from '../../../cli/dev/ports.ts';
import { startStandIn } from '../../../cli/dev/stand-in.ts';
import { freePort } from '../../support/worker.ts';
import { createTestSystem } from '../setup-bed.ts';
import { wranglerToml } from './wrangler-toml.ts';

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-dev-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the stand-in of postern dev', () => {
  const adopted = {
    clientId: '33',
    projectId: '44',
    callback: 'http://localhost:1/sso/callback',
    postLogout: 'http://localhost:1/sso/bye',
    backChannel: 'http://localhost:1/sso/backchannel-logout',
    roles: ['staff', 'chief'],
  };

  it('has a key for its owner alone, knows the ids of the files, and takes the key with it', async () => {
    const standIn = await startStandIn(await freePort(), at('own/key.json'));
    try {
      expect((await stat(at('own/key.json'))).mode & 0o777).toBe(0o600);
      standIn.adopt(adopted);
      // What it knows already it does not give again.
      standIn.adopt(adopted);
      expect(standIn.personas('44').map(({ name, roles }) => [name, roles])).toEqual([
        ['Ada Moreau', ['admin', 'user', 'chief']],
        ['Zoë Kõiv-Straße 王', ['staff', 'user']],
        ['Uma Lind', ['user']],
        ['Noel Varga', []],
      ]);
      const query = new URLSearchParams({
        client_id: '33',
        redirect_uri: adopted.callback,
        response_type: 'code',
        scope: 'openid',
      });
      const asked = await fetch(`${standIn.issuer}/oauth/v2/authorize?${query}`, { redirect: 'manual' });
      expect(asked.status).toBe(302);
    } finally {
      await standIn.close();
    }
    await expect(stat(at('own/key.json'))).rejects.toThrow('ENOENT');
  });

  it('closes a key file that was open to others before it writes', async () => {
    await writeFile(at('open.json'), '', { mode: 0o644 });
    const standIn = await startStandIn(await freePort(), at('open.json'));
    expect((await stat(at('open.json'))).mode & 0o777).toBe(0o600);
    await standIn.close();
  });

  it('leaves nothing running where its key can’t be written, and no key where it can’t listen', async () => {
    const port = await freePort();
    await writeFile(at('file'), '');
    await expect(startStandIn(port, at('file/key.json'))).rejects.toThrow();
    expect(await isFree(port)).toBe(true);
    const other = await startStandIn(port, at('first/key.json'));
    await expect(startStandIn(port, at('second/key.json'))).rejects.toThrow('EADDRINUSE');
    await expect(stat(at('second/key.json'))).rejects.toThrow('ENOENT');
    await other.close();
  });
});

describe('ports of postern dev', () => {
  it('those that are taken are named all at once, with what they are for and how to name another', async () => {
    const servers = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<ReturnType<typeof createServer>>((resolve) => {
            const server = createServer();
            server.listen(0, '127.0.0.1', () => resolve(server));
          }),
      ),
    );
    const [gateway, standIn] = servers.map((server) => (server.address() as { port: number }).port);
    await writeFile(at('wrangler.toml'), wranglerToml('http://localhost:8080'));
    const errors: string[] = [];
    const system = { ...createTestSystem(), tell: (line: string) => void errors.push(line) };
    const args = [
      '--stand-in',
      '--port',
      `${gateway}`,
      '--stand-in-port',
      `${standIn}`,
      '--config',
      at('wrangler.toml'),
    ];
    expect(await runDev(args, system, new AbortController().signal)).toBe(1);
    expect(errors.join('\n')).toContain(
      `port ${gateway} (for the gateway), port ${standIn} (for the stand-in for ZITADEL)`,
    );
    expect(errors.join('\n')).toContain('--port PORT, --stand-in-port PORT');
    expect(await isFree(gateway ?? 0)).toBe(false);
    for (const server of servers) server.close();
  });

  it('without a wrangler.toml nothing is started', async () => {
    const errors: string[] = [];
    const system = { ...createTestSystem(), tell: (line: string) => void errors.push(line) };
    expect(await runDev(['--config', at('none.toml')], system, new AbortController().signal)).toBe(2);
  });
});
