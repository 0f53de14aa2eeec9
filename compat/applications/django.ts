// Django's admin and a project of its own, with CSRF protection and the check of Origin: examples/django. docs/recipes/django.md.

import { equal, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Place } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { pipVersion, python } from '../support/packages.ts';

const EXAMPLE = 'examples/django';

/** The example has more settings than the recipe's text; it must have these. */
function assertSameSettings({ recipe }: Place): void {
  const lines = readFileSync(join(EXAMPLE, 'mysite/settings.py'), 'utf8').split('\n');
  for (const line of recipe.file('settings.py').trim().split('\n')) ok(lines.includes(line), line);
}

const addGroup = '/admin/auth/group/add/';

export const application = {
  title: 'Django, its admin',
  packages: { pip: ['Django==5.2.19'] },
  isQuick: true,
  version: (room) => pipVersion(room, 'Django'),
  needed: '`USE_X_FORWARDED_HOST`, two pieces of middleware',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  start(place) {
    const { folder, data, port, origin } = place;
    assertSameSettings(place);
    cpSync(EXAMPLE, data, { recursive: true });
    const env = { GATEWAY_SECRET, PUBLIC_ORIGIN: origin, DJANGO_DEBUG: '1', DATABASE: join(data, 'db.sqlite3') };
    const manage = python({ folder });
    execFileSync(manage, ['manage.py', 'migrate', '--verbosity', '0'], {
      cwd: data,
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
    const args = ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`];
    return startProcess({ command: manage, args, cwd: data, env, port });
  },
  identity: { path: '/user/', shows: ({ name }) => name },
  scenarios: [
    {
      says: 'the admin’s form is taken, with its token and its check of `Origin`',
      async run({ signedIn, origin }) {
        const page = await signedIn('ada', addGroup);
        await page.fill('#id_name', 'Käse & Brot');
        await page.click('input[name=_save]');
        await page.waitForURL(`${origin}/admin/auth/group/`);
        match((await page.textContent('.messagelist')) ?? '', /added successfully/);
      },
    },
    {
      says: 'without its token a form is refused by Django',
      async run({ signedIn }) {
        const page = await signedIn('ada', addGroup);
        await page.fill('#id_name', 'forged');
        await page.evaluate(
          "document.querySelectorAll('input[name=csrfmiddlewaretoken]').forEach((field) => field.remove())",
        );
        const [answer] = await Promise.all([page.waitForNavigation(), page.click('input[name=_save]')]);
        equal(answer?.status(), 403);
      },
    },
    {
      says: 'a form that is saved after the session has ended is saved after the sign-in',
      async run({ signedIn, origin }) {
        const page = await signedIn('ada', addGroup);
        await page.fill('#id_name', 'written before, saved after');
        await page.context().clearCookies({ name: 'postern' });
        await page.click('input[name=_save]');
        await page.waitForURL(`${origin}/admin/auth/group/`);
        await page.getByRole('link', { name: 'written before, saved after', exact: true }).first().waitFor();
      },
    },
    {
      says: 'the admin is closed to whoever lacks the role',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        equal((await page.goto(`${origin}/admin/`))?.status(), 403);
        ok((await page.textContent('body'))?.includes('Uma Lind'));
      },
    },
    {
      says: 'its own button signs out',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma');
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.waitForURL((url) => url.pathname === '/auth/logout/callback');
        await page.goto(`${origin}/user/`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
  ],
} satisfies Application;
