// Spring Boot with Spring Security, its CSRF protection on: examples/spring, built by Maven. docs/recipes/spring.md.

import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Place } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';

const EXAMPLE = 'examples/spring';
const RESOURCES = 'src/main/resources/application.properties';

/** The example says in comments what the recipe says below its block: the settings must be the same. */
function assertSameSettings({ recipe }: Place): void {
  const settings = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  deepEqual(settings(readFileSync(join(EXAMPLE, RESOURCES), 'utf8')), settings(recipe.file('application.properties')));
}

/** Milliseconds: it takes its time to start, the more where others work, too. */
const PATIENCE = 180_000;

export const application = {
  title: 'Spring Boot, Spring Security',
  packages: { debian: ['maven', 'openjdk-17-jdk-headless'] },
  version: () => /<version>([\d.]+)</.exec(readFileSync(join(EXAMPLE, 'pom.xml'), 'utf8'))?.[1] ?? '',
  needed: '`forward-headers-strategy`, a filter for pre-authenticated users',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  async start(place) {
    const { data, port, recipe } = place;
    assertSameSettings(place);
    cpSync(EXAMPLE, data, { recursive: true });
    writeFileSync(join(data, RESOURCES), recipe.file('application.properties'));
    execFileSync('mvn', ['--quiet', '--batch-mode', 'package'], { cwd: data, stdio: 'pipe' });
    return startProcess({
      command: 'java',
      args: ['-jar', join(data, 'target/notes.jar')],
      env: { PORT: String(port), GATEWAY_SECRET },
      port,
      patience: PATIENCE,
    });
  },
  identity: { path: '/notes', shows: ({ name }) => `Notes of ${name}` },
  scenarios: [
    {
      says: 'a form with its CSRF token is taken, and leads back to the public address',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma', '/notes');
        await page.getByLabel('Note').fill('Käse & Brot 王');
        await page.getByRole('button', { name: 'Keep' }).click();
        await page.getByText('Käse & Brot 王 (Uma Lind)').waitFor();
        equal(page.url(), `${origin}/notes`);
      },
    },
    {
      says: 'without the token a form is refused by the application',
      async run({ signedIn }) {
        const page = await signedIn('uma', '/notes');
        await page.evaluate("document.querySelector('input[name=_csrf]').remove()");
        await page.getByLabel('Note').fill('forged');
        const [answer] = await Promise.all([
          page.waitForNavigation(),
          page.getByRole('button', { name: 'Keep' }).click(),
        ]);
        equal(answer?.status(), 403);
      },
    },
    {
      says: 'a form that was sent after the session had ended is taken after the sign-in',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma', '/notes');
        await page.getByLabel('Note').fill('written before, kept after');
        await page.context().clearCookies({ name: 'postern' });
        await page.getByRole('button', { name: 'Keep' }).click();
        await page.waitForURL(`${origin}/notes`);
        await page.getByText('written before, kept after (Uma Lind)').waitFor();
      },
    },
    {
      says: 'administrators see their page, others do not',
      async run({ signedIn, origin }) {
        match((await (await signedIn('ada', '/admin')).textContent('body')) ?? '', /\d notes/);
        const page = await signedIn('uma');
        equal((await page.goto(`${origin}/admin`))?.status(), 403);
      },
    },
    {
      says: 'its own button signs out',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma', '/notes');
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.waitForURL((url) => url.pathname === '/auth/logout/callback');
        await page.goto(`${origin}/notes`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
  ],
} satisfies Application;
