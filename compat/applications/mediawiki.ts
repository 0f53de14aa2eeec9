// MediaWiki: pages with difficult titles, forms with its tokens, a file, its API. docs/recipes/mediawiki.md.

import { deepEqual, equal, match } from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application, Place, Running } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { debianVersion } from '../support/packages.ts';
import { PHP, runPhp, startPhp } from '../support/php.ts';

const ROOT = '/usr/share/mediawiki';
const PROVIDER = '/etc/mediawiki/GatewaySessionProvider.php';

export const application = {
  title: 'MediaWiki',
  packages: { debian: ['mediawiki', 'php-sqlite3', 'php-intl', 'php-mbstring', 'php-xml', ...PHP] },
  version: () => debianVersion('mediawiki'),
  start,
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  identity: {
    path: '/wiki/Main_Page',
    read: async (page) => (await page.locator('#pt-userpage').textContent()) ?? '',
    shows: ({ loginName }) => loginName.replace(/^./, (first) => first.toUpperCase()),
  },
  scenarios: [
    {
      says: 'pages are written whose titles have `/`, `?`, `%`, `&` and an umlaut',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        for (const title of ['AC/DC', 'What? 100 % & Käse', 'C++', 'index.php']) {
          const address = `${origin}/wiki/${encodeURIComponent(title.replaceAll(' ', '_'))}`;
          await page.goto(`${address}?action=edit`);
          await page.locator('#wpTextbox1').fill(`about ''${title}''`);
          await page.locator('#wpSave').click();
          await page.waitForURL((url) => !url.search.includes('action='));
          await page.goto(address);
          // MediaWiki puts a no-break space before the percent sign.
          equal((await page.textContent('#mw-content-text i'))?.replaceAll('\u00a0', ' '), title);
          equal(
            await page.textContent('#firstHeading'),
            title.replace(/^./, (first) => first.toUpperCase()),
          );
        }
        await page.goto(`${origin}/wiki/AC/DC?action=history`);
        match((await page.textContent('#mw-content-text')) ?? '', /Uma@acme\.zitadel\.example/);
      },
    },
    {
      says: 'the API writes with its own token only',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        const seen = await page.evaluate(async () => {
          const ask = async (body: Record<string, string>) => {
            const answer = await fetch('/api.php', {
              method: 'POST',
              body: new URLSearchParams({ ...body, format: 'json' }),
            });
            return (await answer.json()) as {
              query: { tokens: { csrftoken: string } };
              error?: { code: string };
              edit?: { result: string };
            };
          };
          const { query } = await ask({ action: 'query', meta: 'tokens' });
          const edit = { action: 'edit', title: 'By_API', text: 'text' };
          const forged = await ask({ ...edit, token: '+\\' });
          const done = await ask({ ...edit, token: query.tokens.csrftoken });
          return [forged.error?.code, done.edit?.result];
        });
        deepEqual(seen, ['badtoken', 'Success']);
      },
    },
    {
      says: 'a file is uploaded and shown',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/wiki/Special:Upload`);
        await page.locator('#wpUploadFile').setInputFiles('/usr/share/mediawiki/resources/assets/licenses/cc-by.png');
        await page.locator('#wpDestFile').fill('Käse.png');
        await page.locator('[name=wpUpload]').click();
        await page.waitForURL(/File:/);
        const source = await page
          .locator('.fullImageLink img, .fullMedia a')
          .first()
          .evaluate((link) => (link as HTMLImageElement).src ?? (link as HTMLAnchorElement).href);
        const { status, type } = await page.evaluate(async (url) => {
          const answer = await fetch(url);
          return { status: answer.status, type: answer.headers.get('content-type') };
        }, source);
        deepEqual({ status, type }, { status: 200, type: 'image/png' });
      },
    },
    {
      says: 'the role `admin` is a sysop, and nobody else; an account can’t be made',
      async run({ signedIn, origin }) {
        const [uma, ada] = [await signedIn('uma'), await signedIn('ada')];
        await uma.goto(`${origin}/wiki/Special:Block`);
        equal(await uma.locator('#mw-input-wpTarget, [name=wpTarget]').count(), 0);
        await ada.goto(`${origin}/wiki/Special:Block`);
        await ada.locator('[name=wpTarget]').first().waitFor();
        await ada.goto(`${origin}/wiki/Special:CreateAccount`);
        equal(await ada.locator('[name=wpCreateaccount]').count(), 0);
      },
    },
    {
      says: 'the wiki’s “Log out” signs out',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma');
        const address = await page.locator('#pt-logout a').getAttribute('href');
        await page.goto(origin + address);
        await page.waitForURL((url) => url.origin === origin && url.pathname.startsWith('/auth/'));
        await page.goto(`${origin}/wiki/Main_Page`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
    {
      says: 'nobody reaches it past the gateway',
      async run({ port }) {
        const forged = { 'x-forwarded-preferred-username': 'ada' };
        equal((await fetch(`http://127.0.0.1:${port}/index.php`, { headers: forged })).status, 403);
      },
    },
  ],
  needed: 'a session provider of 60 lines, which compares `X-Gateway-Secret`',
} satisfies Application;

async function start(place: Place): Promise<Running> {
  const { data, origin, recipe } = place;
  for (const folder of ['sqlite', 'images', 'settings']) mkdirSync(join(data, folder));
  const install = [
    'install.php',
    '--dbtype=sqlite',
    `--dbpath=${join(data, 'sqlite')}`,
    '--dbname=wiki',
    `--confpath=${join(data, 'settings')}`,
  ];
  const site = [`--server=${origin}`, '--scriptpath=', '--pass=setup-password', '--skins=Vector', 'Wiki', 'Setup'];
  runPhp([join(ROOT, 'maintenance', install[0] ?? ''), ...install.slice(1), ...site]);
  const settings = join(data, 'settings', 'LocalSettings.php');
  const provider = join(data, 'settings', 'GatewaySessionProvider.php');
  writeFileSync(provider, recipe.file(PROVIDER));
  const changes = { 'https://wiki.example.com': origin, 'replace-me': GATEWAY_SECRET, [PROVIDER]: provider };
  appendFileSync(settings, recipe.file('/etc/mediawiki/LocalSettings.php', changes));
  const here = `$wgUploadDirectory = '${data}/images'; $wgUploadPath = '/images'; $wgEnableUploads = true; $wgCacheDirectory = '${data}/sqlite';`;
  appendFileSync(settings, `${here}\n$wgJobRunRate = 0;\n`);
  return startPhp(place, {
    site: '/etc/nginx/conf.d/mediawiki.conf',
    changes: { '/var/lib/mediawiki/images/': `${data}/images/` },
    env: { MW_CONFIG_FILE: settings },
  });
}
