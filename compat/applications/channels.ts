// Django Channels: WebSockets that compare Origin, and that close with the session. docs/recipes/channels.md.

import { equal } from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import WebSocket from 'ws';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Scene } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { pipVersion, program } from '../support/packages.ts';

const SETTINGS = `
SECRET_KEY = "only for this test"
ROOT_URLCONF = "chat"
INSTALLED_APPS = ["channels"]
ASGI_APPLICATION = "asgi.application"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
`;

/** The status with which a socket is refused, or 101. */
function knock(url: string, options: { origin?: string; headers: Record<string, string> }): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, options);
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    socket.once('error', () => resolve(0));
    socket.once('open', () => socket.close());
  });
}

async function open(scene: Scene, person: 'uma' | 'ada') {
  const page = await scene.signedIn(person, '/');
  await page.locator('p').getByText('open').waitFor();
  return page;
}

export const application = {
  title: 'Django Channels',
  packages: { pip: ['Django==5.2.19', 'channels==4.3.2', 'daphne==4.2.3'] },
  isQuick: true,
  version: (room) => pipVersion(room, 'channels'),
  needed: 'a piece of ASGI middleware',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  start({ folder, data, port, origin, recipe }) {
    cpSync('compat/servers/chat.py', join(data, 'chat.py'));
    for (const file of ['gateway_socket.py', 'asgi.py']) writeFileSync(join(data, file), recipe.file(file));
    const settings = recipe.file('settings.py', { 'chat.example.com': new URL(origin).hostname });
    writeFileSync(join(data, 'settings.py'), SETTINGS + settings);
    const args = ['--bind', '127.0.0.1', '--port', String(port), 'asgi:application'];
    const env = { DJANGO_SETTINGS_MODULE: 'settings', PYTHONPATH: data, GATEWAY_SECRET };
    return startProcess({ command: program({ folder }, 'daphne'), args, cwd: data, env, port });
  },
  identity: { path: '/', shows: ({ name }) => `Chat of ${name}` },
  scenarios: [
    {
      says: 'two people talk over WebSockets, each under their own name',
      async run(scene) {
        const [uma, ada] = [await open(scene, 'uma'), await open(scene, 'ada')];
        await uma.locator('input').fill('Käse & Brot 王');
        await uma.getByRole('button', { name: 'Say' }).click();
        await ada.getByText('Uma Lind: Käse & Brot 王').waitFor();
      },
    },
    {
      says: 'a socket closes when its session ends',
      async run(scene) {
        const page = await open(scene, 'uma');
        const other = await page.context().newPage();
        await other.goto(`${scene.origin}/auth/logout`);
        await page.locator('p').getByText('closed 4401').waitFor();
      },
    },
    {
      says: 'a socket of a foreign page is refused, by the gateway and by the application’s own check',
      async run({ origin, port, token, signedIn }) {
        const cookies = await (await signedIn('uma')).context().cookies();
        const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
        const url = `${origin.replace('http', 'ws')}/talk`;
        equal(await knock(url, { origin, headers: { cookie } }), 101);
        equal(await knock(url, { origin: 'https://evil.example', headers: { cookie } }), 403);
        // No cookie, so that the gateway leaves it to the application.
        const authorization = `Bearer ${await token('uma')}`;
        equal(await knock(url, { origin: 'https://evil.example', headers: { authorization } }), 403);
        equal(await knock(`ws://127.0.0.1:${port}/talk`, { headers: { 'x-forwarded-name': 'Ada Moreau' } }), 403);
      },
    },
  ],
} satisfies Application;
