// Files by WebDAV: a gigabyte up and down, ranges, and a client that copies and moves. docs/recipes/apache-webdav.md.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, openSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startApache } from '../support/apache.ts';
import type { Application, Scene } from '../support/application.ts';
import { peakOfGateway } from '../support/memory.ts';
import { debianVersion } from '../support/packages.ts';
import { PEOPLE } from '../support/people.ts';
import { runClient } from '../support/run-client.ts';

const SECRET = '5d92b07e1fc84a63b9d0e85f72a1c6344e8b9f0d1a27c5e3608d7b4f91ac52e6';
const GIGABYTE = 2 ** 30;
/** What a gateway may take that keeps nothing of a body. */
const MOST_GROWTH = 100 * 2 ** 20;

async function curl({ token, origin }: Scene, path: string, ...args: string[]): Promise<string> {
  const field = `Authorization: Bearer ${await token('uma')}`;
  return runClient('curl', ['--silent', '--show-error', '--header', field, ...args, origin + path]);
}

const STATUS = ['--output', '/dev/null', '--write-out', '%{http_code}'];

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Mostly nothing, with something else at each megabyte: whatever is lost or twice is seen. */
function writeLarge(file: string): void {
  writeFileSync(file, '');
  truncateSync(file, GIGABYTE);
  const descriptor = openSync(file, 'r+');
  for (let at = 0; at < GIGABYTE; at += 2 ** 20) writeSync(descriptor, `megabyte ${at}`, at);
}

export const application = {
  title: 'Apache’s WebDAV',
  packages: { debian: ['apache2-bin', 'curl'] },
  version: () => debianVersion('apache2-bin'),
  needed: 'nothing but the folder’s name by the header field',
  variables: () => ({ UPSTREAM_SECRET: SECRET }),
  start(place) {
    const { data, port, recipe } = place;
    for (const { sub, name } of [PEOPLE.uma, PEOPLE.ada]) {
      mkdirSync(join(data, 'files', sub), { recursive: true });
      writeFileSync(join(data, 'files', sub, `papers of ${name}`), 'Käse');
    }
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'www-data', data]);
    const site = recipe.file('/etc/apache2/sites-available/files.conf', {
      '127.0.0.1:8080': `127.0.0.1:${port}`,
      '/srv/files': join(data, 'files'),
      '/var/lib/apache2/dav-lock': join(data, 'dav-lock'),
      'replace-me': SECRET,
    });
    return startApache(place, { site, modules: ['dav', 'dav_fs', 'dav_lock'] });
  },
  identity: { path: '/files/', shows: ({ name }) => `papers of ${name}` },
  scenarios: [
    {
      says: '1 GB up and down without the gateway’s memory growing',
      async run(scene) {
        const [sent, got] = [join(scene.data, 'sent'), join(scene.data, 'got')];
        writeLarge(sent);
        await curl(scene, '/files/warm', '--upload-file', '/etc/hostname');
        const before = peakOfGateway();
        equal(await curl(scene, '/files/large', '--upload-file', sent, ...STATUS), '201');
        equal(await curl(scene, '/files/large', '--output', got, '--write-out', '%{http_code}'), '200');
        const growth = peakOfGateway() - before;
        ok(growth < MOST_GROWTH, `it grew by ${Math.round(growth / 2 ** 20)} MB`);
        equal(statSync(got).size, GIGABYTE);
        equal(await digest(got), await digest(sent));
      },
    },
    {
      says: 'ranges of it, several at once, and a download that goes on where it was cut',
      async run(scene) {
        const { data } = scene;
        const digits = '0123456789'.repeat(100_000);
        writeFileSync(join(data, 'digits'), digits);
        await curl(scene, '/files/digits', '--upload-file', join(data, 'digits'));
        equal(await curl(scene, '/files/digits', '--range', '500003-500006'), '3456');
        equal(await curl(scene, '/files/digits', '--range', '-3'), '789');
        const parts = await curl(scene, '/files/digits', '--include', '--range', '0-1,500003-500006');
        ok(/206 Partial Content/.test(parts) && /multipart\/byteranges/i.test(parts) && /3456/.test(parts), parts);
        equal(await curl(scene, '/files/digits', '--range', '2000000-', ...STATUS), '416');
        writeFileSync(join(data, 'cut'), digits.slice(0, 300_000));
        await curl(scene, '/files/digits', '--continue-at', '-', '--output', join(data, 'cut'));
        equal(await digest(join(data, 'cut')), await digest(join(data, 'digits')));
      },
    },
    {
      says: 'a folder is made, a file copied, moved and deleted',
      async run(scene) {
        const { origin } = scene;
        const ask = (method: string, path: string, ...args: string[]) =>
          curl(scene, path, '--request', method, ...args, ...STATUS);
        const to = (path: string) => ['--header', `Destination: ${origin}${path}`];
        await curl(scene, '/files/a', '--upload-file', '/etc/hostname');
        const statuses = [
          await ask('MKCOL', '/files/b%C3%BCro/'),
          await ask('COPY', '/files/a', ...to('/files/b%C3%BCro/copy')),
          await ask('MOVE', '/files/b%C3%BCro/copy', ...to('/files/moved')),
          await ask('PROPFIND', '/files/', '--header', 'Depth: 1'),
          await ask('GET', '/files/moved'),
          await ask('DELETE', '/files/b%C3%BCro/'),
          await ask('GET', '/files/b%C3%BCro/copy'),
        ];
        deepEqual(statuses, ['201', '201', '201', '207', '200', '204', '404']);
      },
    },
    {
      says: 'a script in the page uploads, a link downloads',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        const status = await page.evaluate(
          `fetch('/files/from the page', { method: 'PUT', body: 'x'.repeat(3e6) }).then((answer) => answer.status)`,
        );
        equal(status, 201);
        await page.reload();
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.url().endsWith('page')),
          page.getByRole('link', { name: 'from the page' }).click(),
        ]);
        equal((await answer.body()).length, 3_000_000);
      },
    },
  ],
} satisfies Application;
