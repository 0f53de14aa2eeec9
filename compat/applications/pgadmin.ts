// pgAdmin 4: a server is registered and asked, with its CSRF tokens. docs/recipes/pgadmin.md.

import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Place, Running } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { pipVersion, program, python } from '../support/packages.ts';
import { POSTGRES, startPostgres } from '../support/postgres.ts';

let databasePort = 0;

export const application = {
  title: 'pgAdmin 4',
  packages: { pip: ['pgadmin4==9.18', 'gunicorn'], debian: POSTGRES },
  version: (room) => pipVersion(room, 'pgadmin4'),
  start,
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  identity: { path: '/browser/', shows: ({ loginName }) => loginName },
  scenarios: [
    {
      says: 'a server is registered and a query run',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        await register(page, databasePort);
        const tool = await openQueryTool(page);
        await page.keyboard.type("SELECT 6 * 7 AS answer, 'Bergkäse' AS word");
        await page.keyboard.press('F5');
        await tool.locator('.rdg-cell', { hasText: '42' }).waitFor();
        await tool.locator('.rdg-cell', { hasText: 'Bergkäse' }).waitFor();
      },
    },
    {
      says: 'a request without pgAdmin’s own token is refused',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        const answer = await page.evaluate(async () => {
          const body = JSON.stringify({ name: 'forged', host: 'x', port: 1, username: 'x' });
          const options = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
          const answer = await (await fetch('/browser/server/obj/1/', options)).text();
          return {
            isRefused: answer.includes('CSRF'),
            answer,
            servers: (await (await fetch('/browser/server/nodes/1/')).text()).includes('forged'),
          };
        });
        deepEqual(
          { isRefused: answer.isRefused, servers: answer.servers },
          { isRefused: true, servers: false },
          answer.answer,
        );
      },
    },
    {
      says: 'pgAdmin’s own “Logout” signs out',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/logout`);
        await page.waitForURL((url) => url.origin === origin && url.pathname.startsWith('/auth/'));
        await page.goto(`${origin}/browser/`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
    {
      says: 'past the gateway nobody is anybody, with a session of pgAdmin’s neither',
      async run({ signedIn, port, origin }) {
        const page = await signedIn('uma');
        const cookies = await page.context().cookies(origin);
        const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
        const forged = { cookie, 'x-forwarded-preferred-username': 'uma@acme.zitadel.example' };
        const answer = await fetch(`http://127.0.0.1:${port}/browser/`, { headers: forged, redirect: 'manual' });
        match(answer.headers.get('location') ?? '', /login/);
      },
    },
  ],
  needed: 'the header and the secret in its settings; 6 lines that end its own session with the gateway’s',
} satisfies Application;

async function register(page: Page, port: number): Promise<void> {
  await page.locator('[role=dialog] input').first().fill('master-password');
  await button(page, 'OK').click();
  await page.getByText('Add New Server').first().click();
  await page.locator('[name=name]').first().fill('here');
  await page.locator('[role=tab]', { hasText: 'Connection' }).first().click();
  const fields = { host: '127.0.0.1', port: `${port}`, username: 'postgres', password: 'database' };
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).first().fill(value);
  await button(page, 'Save').click();
}

/** By its text: while a dialog is open, pgAdmin hides all of the page from what finds buttons by their role. */
const button = (page: Page, text: string) => page.locator('button', { hasText: text }).last();

/** The frame that it is in. */
async function openQueryTool(page: Page): Promise<FrameLocator> {
  const node = (name: string) => page.locator('.file-entry', { hasText: new RegExp(`^${name}`) }).first();
  const tool = page.locator('iframe:visible').last();
  await node('here').waitFor();
  await isThereAfter(node('Databases'), () => node('here').dblclick());
  await isThereAfter(node('postgres'), () => node('Databases').dblclick());
  await isThereAfter(tool, async () => {
    await node('postgres').click();
    await page.getByText('Tools', { exact: true }).first().click();
    await page.getByText('Query Tool').first().click();
  });
  const frame = tool.contentFrame();
  await frame.locator('.cm-content:visible').first().click();
  return frame;
}

/** pgAdmin asks its server what a node has and may do, and takes no click until it knows. */
async function isThereAfter(wanted: Locator, act: () => Promise<void>): Promise<void> {
  const isThere = () =>
    wanted.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    );
  if (await wanted.isVisible()) return;
  for (let tries = 0; tries < 6; tries += 1) {
    await act();
    if (await isThere()) return;
    await wanted.page().keyboard.press('Escape');
  }
  throw new Error(`not there: ${wanted}`);
}

async function start(place: Place): Promise<Running> {
  const { data, port, recipe } = place;
  const database = await startPostgres(data);
  databasePort = database.port;
  const settings = join(data, 'settings');
  mkdirSync(settings);
  const secret = { 'replace-me': GATEWAY_SECRET };
  writeFileSync(join(settings, 'config_local.py'), recipe.file('/etc/pgadmin/config_system.py', secret));
  writeFileSync(join(settings, 'gateway_wsgi.py'), recipe.file('/etc/pgadmin/gateway_wsgi.py'));
  writeFileSync(
    join(settings, 'distro.py'),
    `DATA_DIR = ${JSON.stringify(join(data, 'pgadmin'))}\nLOG_FILE = ${JSON.stringify(join(data, 'pgadmin.log'))}\nUPGRADE_CHECK_ENABLED = False\nSHOW_GRAVATAR_IMAGE = False\n`,
  );
  const env = {
    HOME: data,
    PYTHONPATH: settings,
    CONFIG_DISTRO_FILE_PATH: join(settings, 'distro.py'),
    PGADMIN_SETUP_EMAIL: 'setup@pgadmin.example',
    PGADMIN_SETUP_PASSWORD: 'setup-password',
  };
  const where = execFileSync(python(place), ['-c', 'import pgadmin4; print(pgadmin4.__path__[0])'], {
    encoding: 'utf8',
  }).trim();
  execFileSync(python(place), [join(where, 'setup.py'), 'setup-db'], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
  const args = [
    '--chdir',
    where,
    '--bind',
    `127.0.0.1:${port}`,
    '--workers',
    '1',
    '--threads',
    '25',
    'gateway_wsgi:app',
  ];
  const pgadmin = await startProcess({ command: program(place, 'gunicorn'), args, env, port });
  return {
    output: pgadmin.output,
    async stop() {
      await pgadmin.stop();
      await database.stop();
    },
  };
}
