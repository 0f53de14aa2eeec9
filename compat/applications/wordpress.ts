// WordPress: a post is written in the block editor, with a picture, by REST and with nonces. docs/recipes/wordpress.md.

import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Application, Place, Running } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { MARIADB, startMariadb } from '../support/mariadb.ts';
import { debianVersion } from '../support/packages.ts';
import { copyTree, PHP, runPhp, startPhp } from '../support/php.ts';

const PLUGIN = 'wp-content/mu-plugins/gateway.php';
const THEME = 'wordpress-theme-twentytwentythree';

export const application = {
  title: 'WordPress',
  packages: { debian: ['wordpress', THEME, 'php-mysql', 'php-gd', ...MARIADB, ...PHP] },
  version: () => debianVersion('wordpress'),
  start,
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  identity: {
    path: '/wp-admin/profile.php',
    read: async (page) => (await page.locator('#wp-admin-bar-my-account .display-name').first().textContent()) ?? '',
    shows: ({ name }) => name,
  },
  scenarios: [
    {
      says: 'a post is written in the block editor, published, and moved to the trash there',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/wp-admin/post-new.php`);
        await page.getByRole('button', { name: 'Close' }).first().click();
        await page.locator('.editor-post-title__input').fill('Käse & more');
        await page.locator('.editor-post-publish-panel__toggle').click();
        await page.locator('.editor-post-publish-panel .editor-post-publish-button').click();
        await page.getByText('is now live').waitFor();
        const post = new URL(page.url()).searchParams.get('post');
        match(await textOf(page, `${origin}/?p=${post}`), /Käse (&amp;|&#038;) more/);
        await page.locator('.editor-post-publish-panel [aria-label="Close panel"]').click();
        await page.locator('.editor-post-trash').click();
        await page.waitForURL(/trashed=1/);
      },
    },
    {
      says: 'a picture is uploaded',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/wp-admin/media-new.php?browser-uploader=1`);
        const picture = readFileSync('/usr/share/wordpress/wp-admin/images/wordpress-logo.png');
        await page.locator('#async-upload').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: picture });
        await page.locator('#html-upload').click();
        await page.waitForURL(/upload\.php/);
        const source = await page.locator('.attachment img, .media-icon img').first().getAttribute('src');
        const { status, type } = await page.evaluate(async (url) => {
          const answer = await fetch(url ?? '');
          return { status: answer.status, type: answer.headers.get('content-type') };
        }, source);
        deepEqual({ status, type, origin: new URL(source ?? '').origin }, { status: 200, type: 'image/png', origin });
      },
    },
    {
      says: 'what another site sends has no nonce and does nothing: REST, a form, `admin-ajax.php`',
      async run({ signedIn }) {
        const page = await signedIn('ada');
        const seen = await page.evaluate(async () => {
          const send = async (url: string, body: string, type = 'application/x-www-form-urlencoded') =>
            (await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })).status;
          const me = await fetch('/wp-json/wp/v2/users/me');
          return [
            me.status,
            await send('/wp-json/wp/v2/posts', '{"title":"forged","status":"publish"}', 'application/json'),
            await send('/wp-admin/options.php', 'option_page=general&action=update&blogname=forged'),
            await send('/wp-admin/admin-ajax.php', 'action=delete-post&id=1'),
          ];
        });
        deepEqual(seen, [401, 401, 403, 403]);
      },
    },
    {
      says: 'the role `admin` administers, `user` does not; the old ways in are closed',
      async run({ signedIn, origin }) {
        const [uma, ada] = [await signedIn('uma'), await signedIn('ada')];
        equal((await uma.goto(`${origin}/wp-admin/options-general.php`))?.status(), 403);
        equal((await ada.goto(`${origin}/wp-admin/options-general.php`))?.status(), 200);
        await ada.locator('#blogname').fill('Ada’s blog');
        await ada.locator('#submit').click();
        await ada.getByText('Settings saved').waitFor();
        equal((await ada.goto(`${origin}/xmlrpc.php`))?.status(), 403);
        await ada.goto(`${origin}/wp-login.php?reauth=1`);
        await ada.locator('#user_login').fill('setup');
        await ada.locator('#user_pass').fill('setup-password');
        await ada.locator('#wp-submit').click();
        match((await ada.textContent('#login_error')) ?? '', /auth\/login/);
      },
    },
    {
      says: 'WordPress’s own “Log Out” signs out',
      async run({ signedIn, origin, worker }) {
        const page = await signedIn('uma');
        await page.goto(origin + ((await page.locator('#wp-admin-bar-logout a').getAttribute('href')) ?? ''));
        await page.waitForURL((url) => url.origin === origin && url.pathname.startsWith('/auth/'));
        await page.goto(`${origin}/wp-admin/profile.php`);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
    {
      says: 'nobody reaches it past the gateway',
      async run({ port }) {
        const forged = { 'x-forwarded-user': '1', 'x-forwarded-roles': 'administrator' };
        equal((await fetch(`http://127.0.0.1:${port}/wp-admin/`, { headers: forged, redirect: 'manual' })).status, 403);
      },
    },
  ],
  needed: 'a must-use plugin of 80 lines, which compares `X-Gateway-Secret`',
} satisfies Application;

const textOf = (page: Page, url: string) => page.evaluate(async (address) => (await fetch(address)).text(), url);

async function start(place: Place): Promise<Running> {
  const database = await startMariadb(place.data);
  database.run(
    "CREATE DATABASE wordpress; CREATE USER wordpress@'%' IDENTIFIED BY 'database'; GRANT ALL ON wordpress.* TO wordpress@'%';",
  );
  const root = join(place.data, 'wordpress');
  copyTree('/usr/share/wordpress', root);
  copyTree('/var/lib/wordpress/wp-content', join(root, 'wp-content'));
  mkdirSync(join(root, 'wp-content/mu-plugins'), { recursive: true });
  writeFileSync(join(root, PLUGIN), place.recipe.file(PLUGIN));
  writeFileSync(join(root, 'wp-config.php'), describeConfig(place, root, database.port));
  const install = `
    define('WP_INSTALLING', true);
    require '${root}/wp-load.php';
    require ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install('Blog', 'setup', 'setup@blog.example', true, '', 'setup-password');
    switch_theme('twentytwentythree');
    $GLOBALS['wp_rewrite']->set_permalink_structure('/%postname%/');
    flush_rewrite_rules();`;
  runPhp(['-d', 'error_reporting=E_ERROR', '-r', install]);
  const site = '/etc/nginx/conf.d/wordpress.conf';
  const { output, stop } = await startPhp(place, { site, changes: { '/usr/share/wordpress': root } });
  return {
    ...(output && { output }),
    async stop() {
      await stop();
      await database.stop();
    },
  };
}

/** WordPress's own sample with what the recipe says above its last comment. */
function describeConfig({ recipe, origin }: Place, root: string, databasePort: number): string {
  const ours = recipe.file('wp-config.php', { 'https://blog.example.com': origin, 'replace-me': GATEWAY_SECRET });
  const values = {
    database_name_here: 'wordpress',
    username_here: 'wordpress',
    password_here: 'database',
    localhost: `127.0.0.1:${databasePort}`,
  };
  let text = readFileSync(join(root, 'wp-config-sample.php'), 'utf8');
  for (const [old, now] of Object.entries(values)) text = text.replace(old, now);
  const [before, after] = text.split("/* That's all");
  if (after === undefined) throw new Error('another wp-config-sample.php');
  return `${before}${ours}define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);\n/* That's all${after}`;
}
