// DokuWiki: pages are edited by a form with its own token, a file is uploaded. docs/recipes/dokuwiki.md.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Application, Place, Running } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { debianVersion } from '../support/packages.ts';
import { copyTree, PHP, startPhp } from '../support/php.ts';

const PLUGIN = 'lib/plugins/authpostern';

export const application = {
  title: 'DokuWiki',
  packages: { debian: ['dokuwiki', 'php-xml', ...PHP] },
  isQuick: true,
  version: () => debianVersion('dokuwiki'),
  start,
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  identity: {
    path: '/doku.php?id=start',
    read: async (page) => (await page.locator('#dokuwiki__usertools .user').textContent()) ?? '',
    shows: ({ name, loginName }) => `${name} (${loginName})`,
  },
  scenarios: [
    {
      says: 'a page is written, with its history',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await save(page, `${origin}/doku.php?id=team:minutes&do=edit`, '====== Käse & more ======\n\nAC/DC? #1');
        await page.getByRole('heading', { name: 'Käse & more' }).waitFor();
        await page.goto(`${origin}/doku.php?id=team:minutes&do=revisions`);
        match((await page.textContent('#dokuwiki__content')) ?? '', /uma@acme\.zitadel\.example/);
      },
    },
    {
      says: 'a form without DokuWiki’s own token is refused',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/doku.php?id=forged&do=edit`);
        await page.locator('#wiki__text').fill('forged');
        await page
          .locator('#dw__editform input[name=sectok]')
          .evaluate((field: HTMLInputElement) => (field.value = 'wrong'));
        await page.locator('#edbtn__save').click();
        await page.waitForLoadState();
        await page.goto(`${origin}/doku.php?id=forged`);
        await page.getByText('This topic does not exist yet').first().waitFor();
      },
    },
    {
      says: 'a file is uploaded by script and shown',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/doku.php?id=start&do=media&tab_files=upload&ns=`);
        const bytes = Buffer.from(
          'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
          'base64',
        );
        await page.locator('input[type=file]').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: bytes });
        await page.locator('#mediamanager__upload_button').click();
        await page.locator('#mediamanager__done_form, .qq-upload-success').first().waitFor();
        const shown = await page.evaluate(async () => {
          const answer = await fetch('/lib/exe/fetch.php?media=dot.png');
          return {
            status: answer.status,
            type: answer.headers.get('content-type'),
            size: (await answer.arrayBuffer()).byteLength,
          };
        });
        deepEqual(shown, { status: 200, type: 'image/png', size: bytes.length });
      },
    },
    {
      says: 'the role `admin` is the wiki’s administrator, and nobody else',
      async run({ signedIn, origin }) {
        const [uma, ada] = [await signedIn('uma'), await signedIn('ada')];
        await uma.goto(`${origin}/doku.php?id=start&do=admin`);
        equal(await uma.getByText('Access Control List Management').count(), 0);
        await ada.goto(`${origin}/doku.php?id=start&do=admin`);
        await ada.getByText('Access Control List Management').waitFor();
      },
    },
    {
      says: 'the wiki’s own “Log Out” signs out',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma');
        await page.getByRole('link', { name: 'Log Out' }).click();
        await page.waitForURL((url) => url.origin === origin && url.pathname.startsWith('/auth/'));
        await page.goto(`${origin}/doku.php?id=start`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
    {
      says: 'nobody reaches it past the gateway',
      async run({ port }) {
        const { status } = await fetch(`http://127.0.0.1:${port}/doku.php`, {
          headers: { 'x-forwarded-preferred-username': 'ada' },
        });
        equal(status, 403);
      },
    },
  ],
  needed: 'a plugin of 40 lines, `X-Gateway-Secret` compared by nginx',
} satisfies Application;

async function start(place: Place): Promise<Running> {
  const root = join(place.data, 'dokuwiki');
  copyTree('/usr/share/dokuwiki', root);
  // Debian's way to other folders; without it they are where DokuWiki's own documents say.
  rmSync(join(root, 'inc', 'preload.php'));
  copyTree('/etc/dokuwiki', join(root, 'conf'));
  mkdirSync(join(root, PLUGIN));
  for (const file of [`${PLUGIN}/auth.php`, `${PLUGIN}/plugin.info.txt`, 'conf/acl.auth.php'])
    writeFileSync(join(root, file), place.recipe.file(file));
  const data = join(place.data, 'pages');
  cpSync('/var/lib/dokuwiki/data', data, { recursive: true });
  writeFileSync(join(root, 'conf/local.php'), `${place.recipe.file('conf/local.php')}$conf['savedir'] = '${data}';\n`);
  ok(root);
  return startPhp(place, { site: '/etc/nginx/conf.d/dokuwiki.conf', changes: { '/usr/share/dokuwiki': root } });
}

async function save(page: Page, url: string, text: string): Promise<void> {
  await page.goto(url);
  await page.locator('#wiki__text').fill(text);
  await page.locator('#edbtn__save').click();
  await page.waitForURL((at) => !at.search.includes('do=edit'));
}
