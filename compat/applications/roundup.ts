// Roundup, an issue tracker that compares Origin, Referer and the host with its own address, each of them required. docs/recipes/roundup.md.

import { equal } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { pipVersion, program } from '../support/packages.ts';
import { PEOPLE } from '../support/people.ts';

/** A line of the settings takes the place of the same one in the same section, which may be commented out. */
function mergeIni(text: string, settings: string): string {
  let section = '';
  let merged = text;
  for (const line of settings.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('[')) section = line;
    const [name = ''] = line.split(' = ');
    const from = merged.indexOf(`\n${section}\n`);
    const rest = merged.slice(from).replace(new RegExp(`^#?${name} ?=.*$`, 'm'), line);
    merged = merged.slice(0, from) + rest;
  }
  return merged;
}

export const application = {
  title: 'Roundup',
  packages: { pip: ['roundup==2.6.0', 'waitress==3.0.2'] },
  version: (room) => pipVersion(room, 'roundup'),
  needed: '`http_auth_header`, a few lines of WSGI, accounts made beforehand',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  start({ folder, data, port, origin, recipe }) {
    const tracker = join(data, 'tracker');
    const admin = (...args: string[]) =>
      execFileSync(program({ folder }, 'roundup-admin'), ['-i', tracker, ...args], { stdio: 'pipe' });
    admin('install', 'classic', 'sqlite', 'mail_domain=example.com,mail_host=localhost');
    const config = join(tracker, 'config.ini');
    const settings = recipe.file('config.ini', { 'https://roundup.example.com': origin });
    writeFileSync(config, mergeIni(readFileSync(config, 'utf8'), settings));
    admin('initialise', 'a password that nobody uses');
    for (const { loginName, email } of [PEOPLE.uma, PEOPLE.ada])
      admin('create', 'user', `username=${loginName}`, `address=${email}`, 'roles=User');
    writeFileSync(join(data, 'start.sh'), recipe.file('start.sh', { 8917: String(port) }));
    writeFileSync(join(data, 'gateway_only.py'), recipe.file('gateway_only.py', { '/srv/roundup': tracker }));
    const env = { PATH: `${join(folder, 'venv', 'bin')}:${process.env['PATH']}`, GATEWAY_SECRET };
    return startProcess({ command: 'sh', args: ['start.sh'], cwd: data, env, port });
  },
  identity: { path: '/', shows: ({ loginName }) => `Hello, ${loginName}` },
  scenarios: [
    {
      says: 'an issue is filed with a file, all of its checks required',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma', '/issue?@template=item');
        await page.locator('input[name=title]').fill('No rye left 王');
        await page.locator('select[name=priority]').selectOption({ label: 'urgent' });
        const buffer = Buffer.from('crümbs');
        await page.locator('input[type=file]').setInputFiles({ name: 'krümel.txt', mimeType: 'text/plain', buffer });
        await page.locator('input[name=submit_button]').click();
        await page.waitForURL((url) => url.pathname === '/issue1');
        equal(new URL(page.url()).origin, origin);
        await page.getByText('krümel.txt').first().waitFor();
        equal(await page.locator('input[name=title]').inputValue(), 'No rye left 王');
      },
    },
    {
      says: 'without its token a form is refused by Roundup',
      async run({ signedIn }) {
        const page = await signedIn('uma', '/issue?@template=item');
        await page.locator('input[name=title]').fill('forged');
        await page.evaluate('document.querySelectorAll(\'input[name="@csrf"]\').forEach((field) => field.remove())');
        await page.locator('input[name=submit_button]').click();
        await page.getByText('csrf failure').first().waitFor();
      },
    },
    {
      says: 'a path is closed to whoever lacks the role',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        equal((await page.goto(`${origin}/user`))?.status(), 403);
        const administrator = await signedIn('ada');
        equal((await administrator.goto(`${origin}/user?@sort=username`))?.status(), 200);
      },
    },
  ],
} satisfies Application;
