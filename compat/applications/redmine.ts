// Redmine, a Rails application, with Rails' CSRF protection and its check of Origin on. docs/recipes/redmine.md.

import { equal, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Place } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { debianVersion } from '../support/packages.ts';

const ENVIRONMENT = { RAILS_ENV: 'production', RAILS_SERVE_STATIC_FILES: '1', REDMINE_LANG: 'en', GATEWAY_SECRET };

/** Debian's files in a folder of our own, with an empty instance. */
function layOut({ data, origin, recipe }: Place): void {
  cpSync('/usr/share/redmine', data, { recursive: true });
  for (const link of ['instances', 'config/database.yml', 'Gemfile.lock']) rmSync(join(data, link), { force: true });
  cpSync('/var/lib/redmine/Gemfile.lock', join(data, 'Gemfile.lock'));
  for (const folder of ['instances/default/config', 'instances/default/tmp', 'plugins/postern'])
    mkdirSync(join(data, folder), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(data, file), text);
  write(
    'instances/default/config/database.yml',
    `production:\n  adapter: sqlite3\n  database: ${data}/redmine.sqlite3\n`,
  );
  write('instances/default/config/secret_key.txt', GATEWAY_SECRET);
  write('plugins/postern/init.rb', recipe.file('plugins/postern/init.rb'));
  write('config/additional_environment.rb', recipe.file('config/additional_environment.rb'));
  write(
    'settings.rb',
    recipe.file('settings.rb', { 'redmine.example.com': new URL(origin).host, "'https'": "'http'" }),
  );
}

const ATTACHED = Buffer.from([0, 255, 13, 10, 128, 97]);

/** Milliseconds: it takes its time to start, the more where others work, too. */
const PATIENCE = 180_000;

export const application = {
  title: 'Redmine (Rails)',
  packages: { debian: ['redmine', 'redmine-sqlite', 'puma'] },
  version: () => debianVersion('redmine'),
  needed: 'a plugin of some seventy lines',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  async start(place) {
    const { data, port } = place;
    layOut(place);
    const run = (...args: string[]) =>
      execFileSync('bundle', ['exec', ...args], { cwd: data, env: { ...process.env, ...ENVIRONMENT }, stdio: 'pipe' });
    run('rake', 'db:migrate');
    run('rake', 'redmine:load_default_data');
    run('rails', 'runner', 'settings.rb');
    const args = ['--bind', `tcp://127.0.0.1:${port}`, 'config.ru'];
    return startProcess({ command: 'puma', args, cwd: data, env: ENVIRONMENT, port, patience: PATIENCE });
  },
  identity: { path: '/my/account', shows: ({ loginName }) => `Logged in as ${loginName}` },
  scenarios: [
    {
      says: 'an administrator makes a project by its forms',
      async run({ signedIn, origin }) {
        const page = await signedIn('ada', '/projects/new');
        await page.locator('#project_name').fill('Käse & Brot');
        await page.locator('#project_identifier').fill('cheese');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await page.getByText('Successful creation.').waitFor();
        equal(page.url(), `${origin}/projects/cheese/settings`);
      },
    },
    {
      says: 'a user writes an issue with a file that a script uploads, and gets it back byte for byte',
      async run({ signedIn, origin }) {
        const page = await signedIn('ada', '/projects/cheese/issues/new');
        await page.locator('#issue_subject').fill('No rye left 王');
        const isUploaded = page.waitForResponse((answer) => answer.url().includes('/uploads.js'));
        await page
          .locator('input[type=file].file_selector')
          .setInputFiles({ name: 'crumbs.bin', mimeType: 'application/octet-stream', buffer: ATTACHED });
        equal((await isUploaded).status(), 200);
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await page.getByText('No rye left 王').first().waitFor();
        match(page.url(), new RegExp(`^${origin}/issues/\\d+$`));
        ok((await page.textContent('.author'))?.includes('Ada Moreau'));
        const link = await page.locator('a[href*="/attachments/download/"]').first().getAttribute('href');
        const back = await page.evaluate(
          `fetch(${JSON.stringify(link)}).then(async (answer) => [...new Uint8Array(await answer.arrayBuffer())])`,
        );
        equal(String(back), String([...ATTACHED]));
      },
    },
    {
      says: 'a form without its token is refused by Rails',
      async run({ signedIn }) {
        const page = await signedIn('ada', '/projects/new');
        await page.evaluate(
          "document.querySelectorAll('input[name=authenticity_token]').forEach((field) => field.remove())",
        );
        await page.locator('#project_name').fill('forged');
        await page.locator('#project_identifier').fill('forged');
        const [answer] = await Promise.all([
          page.waitForNavigation(),
          page.getByRole('button', { name: 'Create', exact: true }).click(),
        ]);
        equal(answer?.status(), 422);
      },
    },
    {
      says: 'the administration is closed to whoever lacks the role, by the gateway and by Redmine',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        equal((await page.goto(`${origin}/admin`))?.status(), 403);
        ok((await page.textContent('body'))?.includes('Uma Lind'));
        equal((await page.goto(`${origin}/users`))?.status(), 403);
        ok((await page.textContent('body'))?.includes('You are not authorized to access this page.'));
      },
    },
    {
      says: 'its own sign-out ends the session of the gateway',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma');
        await page.getByRole('link', { name: 'Sign out' }).click();
        await page.waitForURL((url) => url.pathname === '/auth/logout/callback');
        await page.goto(`${origin}/my/account`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
  ],
} satisfies Application;
