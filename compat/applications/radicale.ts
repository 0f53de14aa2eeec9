// Radicale: calendars over WebDAV, for a browser and for a client with a token. docs/recipes/radicale.md.

import { deepEqual, equal } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Scene } from '../support/application.ts';
import { pipVersion, program, python } from '../support/packages.ts';
import { runClient } from '../support/run-client.ts';

const PROPFIND = `fetch('/', { method: 'PROPFIND', headers: { Depth: '0' },
  body: '<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>' }).then((answer) => answer.text())`;

async function planDinner({ folder, origin, token }: Scene): Promise<unknown> {
  const args = ['compat/clients/caldav_client.py', origin, await token('uma')];
  return JSON.parse(await runClient(python({ folder }), args));
}

export const application = {
  title: 'Radicale',
  packages: { pip: ['radicale==3.9.0', 'caldav==3.6.0'] },
  isQuick: true,
  version: (room) => pipVersion(room, 'radicale'),
  needed: '`http_x_remote_user`, `prefer_browser_login`; `MKCALENDAR` is no method of Workers',
  start({ folder, data, port, recipe }) {
    const config = recipe.file('/etc/radicale/config', {
      '127.0.0.1:5232': `127.0.0.1:${port}`,
      '/var/lib/radicale/collections': join(data, 'collections'),
    });
    writeFileSync(join(data, 'config'), config);
    return startProcess({ command: program({ folder }, 'radicale'), args: ['--config', join(data, 'config')], port });
  },
  identity: {
    path: '/.web/',
    read: (page) => page.evaluate(PROPFIND) as Promise<string>,
    shows: ({ loginName }) => `/${encodeURIComponent(loginName)}/`,
  },
  scenarios: [
    {
      says: 'its page makes a calendar and deletes it again',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        await page.locator('a[data-name=new]').click();
        await page.locator('#createcollectionscene [data-name=displayname]').fill('Käse & Brot');
        await page.locator('#createcollectionscene [data-name=submit]').click();
        const calendar = page.locator('article', { hasText: 'Käse & Brot' });
        await calendar.hover();
        await calendar.locator('[data-name=delete]').click();
        const question = page.locator('#deleteconfirmationscene');
        await question.getByRole('textbox').fill((await question.getByRole('strong').textContent()) ?? '');
        await question.locator('[data-name=delete]').click();
        await calendar.waitFor({ state: 'detached' });
      },
    },
    {
      says: 'a CalDAV client with a token makes calendars and events, finds, moves and deletes them',
      async run(scene) {
        deepEqual(await planDinner(scene), {
          principal: `${scene.origin}/uma%40acme.zitadel.example/`,
          found: ['Käse & Brot 王'],
          moved: 201,
          summary: 'Käse & Brot 王',
          left: ['later'],
          calendars: ['home'],
        });
      },
    },
    {
      says: 'a client does not reach the calendars of another user',
      async run({ origin, token }) {
        const authorization = `Bearer ${await token('ada')}`;
        const answer = await fetch(`${origin}/uma%40acme.zitadel.example/`, {
          method: 'PROPFIND',
          headers: { authorization },
        });
        equal(answer.status, 403);
      },
    },
  ],
} satisfies Application;
