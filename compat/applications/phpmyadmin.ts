// phpMyAdmin: queries and an import with its tokens, the database's rights by role. docs/recipes/phpmyadmin.md.

import { equal, match } from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Application, Place, Running } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { MARIADB, startMariadb } from '../support/mariadb.ts';
import { debianVersion } from '../support/packages.ts';
import { PEOPLE } from '../support/people.ts';
import { copyTree, PHP, startPhp } from '../support/php.ts';

const [ROOT, SIGNON] = ['/usr/share/phpmyadmin', '/etc/phpmyadmin/signon.php'];

export const application = {
  title: 'phpMyAdmin',
  packages: { debian: ['phpmyadmin', 'php-mysql', 'php-mbstring', 'php-xml', ...MARIADB, ...PHP] },
  version: () => debianVersion('phpmyadmin'),
  start,
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  identity: {
    path: '/index.php?route=/&lang=en',
    shows: ({ sub }) => (sub === PEOPLE.ada.sub ? 'owner@localhost' : 'reader@localhost'),
  },
  scenarios: [
    {
      says: 'a query is run; what the role may not do, the database refuses',
      async run({ signedIn, origin }) {
        const [uma, ada] = [await signedIn('uma'), await signedIn('ada')];
        await query(uma, origin, 'SELECT name FROM cheeses ORDER BY name');
        await uma.getByText('Bergkäse').first().waitFor();
        await query(uma, origin, "INSERT INTO cheeses VALUES ('Gouda')");
        await uma
          .getByText(/INSERT command denied/)
          .first()
          .waitFor();
        await query(ada, origin, "INSERT INTO cheeses VALUES ('Gruyère')");
        await ada
          .getByText(/1 row inserted/)
          .first()
          .waitFor();
      },
    },
    {
      says: 'a file is imported',
      async run({ signedIn, origin }) {
        const page = await signedIn('ada');
        await page.goto(`${origin}/index.php?route=/database/import&db=shop&lang=en`);
        const sql = "CREATE TABLE wines (name TEXT);\nINSERT INTO wines VALUES ('Grüner Veltliner');\n";
        await page
          .locator('#input_import_file')
          .setInputFiles({ name: 'wines.sql', mimeType: 'application/sql', buffer: Buffer.from(sql) });
        await page.locator('#buttonGo').click();
        await page
          .getByText(/Import has been successfully finished/)
          .first()
          .waitFor();
        await query(page, origin, 'SELECT * FROM wines');
        await page.getByText('Grüner Veltliner').first().waitFor();
      },
    },
    {
      says: 'a request without phpMyAdmin’s own token does nothing',
      async run({ signedIn, origin }) {
        const page = await signedIn('ada');
        await page.evaluate(async () => {
          const body = new URLSearchParams({
            db: 'shop',
            sql_query: "INSERT INTO cheeses VALUES ('forged')",
            ajax_request: 'true',
          });
          return (await fetch('/index.php?route=/import', { method: 'POST', body })).text();
        });
        await query(page, origin, "SELECT COUNT(*) AS forged FROM cheeses WHERE name = 'forged'");
        equal((await page.locator('td.data').first().textContent())?.trim(), '0');
      },
    },
    {
      says: 'its own “Log out” signs out',
      async run({ signedIn, origin, worker, application: { identity } }) {
        const page = await signedIn('uma');
        await page.locator('#navipanellinks a.logout, a.logout').first().click();
        await page.waitForURL((url) => url.origin === origin && url.pathname.startsWith('/auth/'));
        await page.goto(origin + identity.path);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
    {
      says: 'nobody reaches it past the gateway',
      async run({ port }) {
        equal((await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-roles': 'admin' } })).status, 403);
      },
    },
  ],
  needed: 'a *signon* script of 15 lines, which compares `X-Gateway-Secret`; a database account for each role',
} satisfies Application;

async function query(page: Page, origin: string, sql: string): Promise<void> {
  await page.goto(`${origin}/index.php?route=/database/sql&db=shop&lang=en`);
  await page.locator('#sqlqueryform .CodeMirror').waitFor();
  await page.evaluate((text) => {
    (
      document.querySelector('#sqlqueryform .CodeMirror') as unknown as {
        CodeMirror: { setValue(value: string): void };
      }
    ).CodeMirror.setValue(text);
  }, sql);
  await page.locator('#button_submit_query').click();
  await page.locator('#sqlqueryresultsouter, .alert-danger').first().waitFor();
}

async function start(place: Place): Promise<Running> {
  const { recipe, data, origin } = place;
  const database = await startMariadb(data);
  database.run(
    "CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE TABLE shop.cheeses (name TEXT); INSERT INTO shop.cheeses VALUES ('Bergkäse');",
  );
  database.run(accounts(readFileSync('docs/recipes/phpmyadmin.md', 'utf8')));
  const root = join(data, 'phpmyadmin');
  copyTree(ROOT, root);
  for (const folder of ['tmp', 'settings']) mkdirSync(join(data, folder));
  const [settings, signon] = [join(data, 'settings', 'config.inc.php'), join(data, 'settings', 'signon.php')];
  const vendor = join(root, 'libraries', 'vendor_config.php');
  const own = { '/etc/phpmyadmin/config.inc.php': settings, '/var/lib/phpmyadmin/tmp/': `${data}/tmp/` };
  let text = readFileSync(vendor, 'utf8');
  for (const [old, now] of Object.entries(own)) text = text.replace(old, now);
  writeFileSync(vendor, text);
  writeFileSync(signon, recipe.file(SIGNON, { 'replace-me': GATEWAY_SECRET }));
  const changes = { localhost: '127.0.0.1', [SIGNON]: signon, 'https://phpmyadmin.example.com': origin };
  const secret = `$cfg['blowfish_secret'] = '${GATEWAY_SECRET.slice(0, 32)}'; $cfg['Servers'][1]['port'] = '${database.port}';\n`;
  writeFileSync(settings, recipe.file('/etc/phpmyadmin/conf.d/signon.php', changes) + secret);
  const { output, stop } = await startPhp(place, {
    site: '/etc/nginx/conf.d/phpmyadmin.conf',
    changes: { [ROOT]: root },
  });
  return {
    ...(output && { output }),
    async stop() {
      await stop();
      await database.stop();
    },
  };
}

/** The document's statements. They are for a database on the same machine; here it is asked by its port, as 127.0.0.1. */
function accounts(document: string): string {
  const [, sql = ''] = /```sql\n(.*?)```/s.exec(document) ?? [];
  match(sql, /GRANT/);
  return sql.replaceAll('@localhost', "@'127.0.0.1'");
}
