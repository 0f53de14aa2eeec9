// Streamlit: a page over a WebSocket, and an upload. docs/recipes/streamlit.md.

import { equal } from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application } from '../support/application.ts';
import { pipVersion, program } from '../support/packages.ts';

export const application = {
  title: 'Streamlit',
  packages: { pip: ['streamlit==1.67.0'] },
  publicHost: 'streamlit.localhost',
  version: (room) => pipVersion(room, 'streamlit'),
  needed: 'nothing',
  start({ folder, data, port, recipe }) {
    mkdirSync(join(data, '.streamlit'));
    writeFileSync(
      join(data, '.streamlit', 'config.toml'),
      recipe.file('.streamlit/config.toml', { '8501': `${port}` }),
    );
    writeFileSync(join(data, 'app.py'), recipe.file('app.py'));
    const command = program({ folder }, 'streamlit');
    return startProcess({ command, args: ['run', 'app.py'], cwd: data, env: { HOME: data }, port });
  },
  identity: { path: '/', shows: ({ loginName }) => `You are ${loginName}` },
  scenarios: [
    {
      says: 'buttons act over a WebSocket',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        for (const count of [1, 2, 3]) {
          await page.getByRole('button', { name: 'Count' }).click();
          await page.getByText(`Counted to ${count}`).waitFor();
        }
      },
    },
    {
      says: 'a file of 20 MB is uploaded and downloaded again',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        const buffer = Buffer.alloc(20_000_000, 'Käse');
        await page
          .locator('input[type=file]')
          .setInputFiles({ name: 'käse.bin', mimeType: 'application/octet-stream', buffer });
        await page.getByText('käse.bin has 20000000 bytes').waitFor();
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'Download it' }).click(),
        ]);
        equal(statSync(await download.path()).size, buffer.length);
      },
    },
    {
      says: 'its WebSocket is closed when the session ends',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await page.getByText('Counted to').waitFor();
        const closed = new Promise<void>((resolve) => {
          page.on('websocket', (socket) => socket.once('close', () => resolve()));
        });
        await page.reload();
        await page.getByText('Counted to').waitFor();
        const other = await page.context().newPage();
        await other.goto(`${origin}/auth/logout`);
        await closed;
      },
    },
  ],
} satisfies Application;
