// Git over HTTP: gitweb for people, `git clone` and `git push` with a token. docs/recipes/git.md.

import { equal, match, ok, rejects } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApache } from '../support/apache.ts';
import type { Application, PersonName, Place, Scene } from '../support/application.ts';
import { debianVersion } from '../support/packages.ts';
import { runClient } from '../support/run-client.ts';

const SECRET = '7a0c95e2f14b8d36a9e0c7d51f28b4630d9e6f1a83c5b7204e8d6a91c3f05b72';
const ENVIRONMENT = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Uma',
  GIT_AUTHOR_EMAIL: 'uma@acme.example',
  GIT_COMMITTER_NAME: 'Uma',
  GIT_COMMITTER_EMAIL: 'uma@acme.example',
};

const git = (cwd: string, ...args: string[]) => runClient('git', args, { cwd, env: ENVIRONMENT });

function createRepository(data: string): void {
  const [bare, work] = [join(data, 'git', 'project.git'), join(data, 'work')];
  const run = (...args: string[]) => execFileSync('git', args, { env: { ...process.env, ...ENVIRONMENT, HOME: data } });
  run('init', '--quiet', '--bare', '--initial-branch=main', bare);
  run('init', '--quiet', '--initial-branch=main', work);
  writeFileSync(join(work, 'README'), 'Käse & Brot\n');
  run('-C', work, 'add', '.');
  run('-C', work, 'commit', '--quiet', '-m', 'The first');
  run('-C', work, 'push', '--quiet', bare, 'main');
  // The server runs as a user of its own, who has to be able to write.
  execFileSync('chmod', ['-R', 'a+rwX', data]);
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', 'www-data', join(data, 'git')]);
}

/** A clone with a token, configured as the recipe says. */
async function clone({ data, origin, token }: Scene, person: PersonName): Promise<string> {
  const folder = mkdtempSync(join(data, `${person}-`));
  const field = `Authorization: Bearer ${await token(person)}`;
  writeFileSync(join(folder, '.gitconfig'), `[http "${origin}/"]\n\textraHeader = ${field}\n`);
  await git(folder, 'clone', '--quiet', `${origin}/git/project.git`);
  return folder;
}

/** Commits a file, and the arguments that push it. */
async function commit(folder: string, name: string, content: Buffer | string): Promise<string[]> {
  const work = join(folder, 'project');
  writeFileSync(join(work, name), content);
  await git(folder, '-C', work, 'add', '.');
  await git(folder, '-C', work, 'commit', '--quiet', '-m', name);
  return ['-C', work, 'push', '--quiet', 'origin', 'main'];
}

function writeConfigurations({ data, port, recipe }: Place): string {
  const gitweb = join(data, 'gitweb.conf');
  writeFileSync(gitweb, recipe.file('/etc/gitweb.conf', { '/srv/git': join(data, 'git') }));
  return recipe.file('/etc/apache2/sites-available/git.conf', {
    '127.0.0.1:8080': `127.0.0.1:${port}`,
    '/srv/git': join(data, 'git'),
    '/etc/gitweb.conf': gitweb,
    'replace-me': SECRET,
  });
}

export const application = {
  title: 'Git, gitweb, Apache',
  packages: { debian: ['git', 'gitweb', 'apache2-bin'] },
  isQuick: true,
  version: () => `Git ${debianVersion('git')}, Apache ${debianVersion('apache2-bin')}`,
  needed: 'one line in Apache’s configuration that makes `REMOTE_USER` of the header field',
  variables: () => ({ UPSTREAM_SECRET: SECRET }),
  start(place) {
    createRepository(place.data);
    return startApache(place, { site: writeConfigurations(place), modules: ['cgid'] });
  },
  identity: { path: '/', shows: ({ loginName }) => `seen by ${loginName}` },
  scenarios: [
    {
      says: 'gitweb shows a file in the browser',
      async run({ signedIn }) {
        const page = await signedIn('uma');
        await page.getByRole('link', { name: 'project.git' }).click();
        await page.getByRole('link', { name: 'tree', exact: true }).first().click();
        await page.getByRole('link', { name: 'README' }).click();
        await page.getByText('Käse & Brot').waitFor();
      },
    },
    {
      says: '`git clone` with a token',
      async run(scene) {
        const folder = await clone(scene, 'uma');
        equal(readFileSync(join(folder, 'project', 'README'), 'utf8'), 'Käse & Brot\n');
      },
    },
    {
      says: '`git push` of 8 MB by who has the role for it, and a `git pull` of another',
      async run(scene) {
        const [uma, ada] = [await clone(scene, 'uma'), await clone(scene, 'ada')];
        const content = randomBytes(8_000_000);
        await git(ada, ...(await commit(ada, 'large', content)));
        await git(uma, '-C', join(uma, 'project'), 'pull', '--quiet');
        ok(content.equals(readFileSync(join(uma, 'project', 'large'))));
      },
    },
    {
      says: 'a push without the role and a clone without a token are refused',
      async run(scene) {
        const uma = await clone(scene, 'uma');
        const push = await commit(uma, 'mine', 'mine');
        await rejects(git(uma, ...push), /403/);
        await rejects(git(scene.data, 'ls-remote', `${scene.origin}/git/project.git`), (failure: Error) => {
          match(failure.message, /could not read Username|401|Authentication failed/);
          return true;
        });
      },
    },
    {
      says: 'whoever comes past the gateway is refused',
      async run({ port }) {
        const headers = { 'Remote-User': 'ada@acme.zitadel.example' };
        equal((await fetch(`http://127.0.0.1:${port}/`, { headers })).status, 403);
      },
    },
  ],
} satisfies Application;
