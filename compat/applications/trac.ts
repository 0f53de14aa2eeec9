// Trac: wiki, tickets and attachments, with its form tokens. docs/recipes/trac.md.

import { equal, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { pipVersion, program } from '../support/packages.ts';
import { PEOPLE } from '../support/people.ts';

export const application = {
  title: 'Trac',
  packages: { pip: ['Trac==1.6', 'setuptools==79.0.1'] },
  version: (room) => pipVersion(room, 'Trac'),
  needed: 'a plugin of thirty lines, as in Trac’s documents',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  start({ folder, data, port, origin, recipe }) {
    const environment = join(data, 'trac');
    const config = recipe.file('conf/trac.ini', {
      'https://trac.example.com': origin,
      // The origin of the test is plain HTTP.
      'secure_cookies = enabled': 'secure_cookies = disabled',
    });
    writeFileSync(join(data, 'recipe.ini'), config);
    const env = { ...process.env, GATEWAY_SECRET };
    const admin = (...args: string[]) =>
      execFileSync(program({ folder }, 'trac-admin'), [environment, ...args], { env, stdio: 'pipe' });
    admin('initenv', `--config=${join(data, 'recipe.ini')}`, 'Compat', 'sqlite:db/trac.db');
    mkdirSync(join(environment, 'plugins'), { recursive: true });
    writeFileSync(join(environment, 'plugins/postern.py'), recipe.file('plugins/postern.py'));
    const permissions = recipe.file('permissions', { 'ada@example.com': PEOPLE.ada.loginName });
    for (const line of permissions.trim().split('\n')) admin(...line.split(' '));
    const args = ['--single-env', '--hostname', '127.0.0.1', '--port', String(port), environment];
    return startProcess({ command: program({ folder }, 'tracd'), args, env: { GATEWAY_SECRET }, port });
  },
  identity: { path: '/wiki', shows: ({ loginName }) => `signed in as ${loginName}` },
  scenarios: [
    {
      says: 'a wiki page is written, with a preview',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma', '/wiki/Bread?action=edit');
        await page.locator('#text').fill("= Käse & Brot =\n'''王'''");
        await page.locator('input[name=preview]').first().click();
        await page.locator('#preview strong').getByText('王').waitFor();
        await page.locator('input[name=save]').first().click();
        await page.waitForURL(`${origin}/wiki/Bread`);
        ok((await page.locator('#wikipage h1').textContent())?.includes('Käse & Brot'));
        await page.goto(`${origin}/wiki/Bread?action=history`);
        // Trac hides the rest of what looks like an e-mail address.
        ok((await page.locator('td.author').textContent())?.includes('uma@'));
      },
    },
    {
      says: 'a ticket is opened, and a file attached to it',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma', '/newticket');
        await page.locator('#field-summary').fill('No rye left');
        await page.locator('input[name=submit]').click();
        await page.waitForURL(/\/ticket\/1/);
        await page.goto(`${origin}/attachment/ticket/1/?action=new`);
        const buffer = Buffer.from('crumbs, crümbs');
        await page.locator('input[type=file]').setInputFiles({ name: 'krümel.txt', mimeType: 'text/plain', buffer });
        await page.getByRole('button', { name: 'Add attachment' }).click();
        await page.getByText('krümel.txt').first().waitFor();
        const path = `${origin}/raw-attachment/ticket/1/${encodeURIComponent('krümel.txt')}`;
        equal(await page.evaluate(`fetch('${path}').then((answer) => answer.text())`), 'crumbs, crümbs');
      },
    },
    {
      says: 'without its token a form is refused by Trac',
      async run({ signedIn }) {
        const page = await signedIn('uma', '/newticket');
        await page.locator('#field-summary').fill('forged');
        await page.evaluate("document.querySelectorAll('input[name=__FORM_TOKEN]').forEach((field) => field.remove())");
        await page.locator('input[name=submit]').click();
        await page.getByText('Missing or invalid form token').first().waitFor();
      },
    },
    {
      says: 'the administration is closed to whoever lacks the role',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        equal((await page.goto(`${origin}/admin`))?.status(), 403);
        const administrator = await signedIn('ada', '/admin');
        await administrator.getByText('Basic Settings').first().waitFor();
      },
    },
    {
      says: 'its link signs out',
      async run({ signedIn, worker, origin }) {
        const page = await signedIn('uma');
        await page.getByRole('link', { name: 'Sign out' }).click();
        await page.waitForURL((url) => url.pathname === '/auth/logout/callback');
        await page.goto(`${origin}/wiki`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
  ],
} satisfies Application;
