// Gitea: repositories and issues in the browser, `git clone` and `git push` with a token. docs/recipes/gitea.md.

import { equal, match, rejects } from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import { freePort } from '../../test/support/worker.ts';
import type { Application, PersonName, Place, Running, Scene } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { folderOfModule, type GoProgram, programOf } from '../support/go-program.ts';
import { startNginx } from '../support/nginx.ts';
import { PEOPLE } from '../support/people.ts';
import { runClient } from '../support/run-client.ts';

const GITEA: GoProgram = {
  module: 'code.gitea.io/gitea',
  version: 'v1.26.0',
  folder: 'gitea',
  tags: 'sqlite sqlite_unlock_notify',
};
const UMA = PEOPLE.uma.sub;

export const application = {
  title: 'Gitea',
  packages: { debian: ['git', 'nginx'], go: GITEA },
  version: () => GITEA.version.slice(1),
  start,
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  identity: {
    path: '/user/settings',
    read: (page) => page.locator('input[name=full_name]').inputValue(),
    shows: ({ name }) => name,
  },
  scenarios: [
    {
      says: 'a repository is made by its form, cloned and pushed to with a token, and shows the commit',
      async run(scene) {
        const page = await scene.signedIn('uma', '/repo/create');
        await page.locator('#repo_name').fill('cheese');
        await page.locator('form[action*="/repo/create"] button, button.primary').first().click();
        await page.waitForURL(`${scene.origin}/${UMA}/cheese`);
        const work = join(await clone(scene, 'uma', 'cheese'), 'cheese');
        writeFileSync(join(work, 'Käse.md'), '# Bergkäse\n');
        await git(scene, 'uma', '-C', work, 'add', '.');
        await git(scene, 'uma', '-C', work, 'commit', '--quiet', '-m', 'Bergkäse, AC/DC & 100 %');
        await git(scene, 'uma', '-C', work, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main');
        await page.goto(`${scene.origin}/${UMA}/cheese`);
        await page.getByText('Bergkäse, AC/DC & 100 %').first().waitFor();
        await page.goto(`${scene.origin}/${UMA}/cheese/src/branch/main/${encodeURIComponent('Käse.md')}`);
        await page.getByRole('heading', { name: 'Bergkäse' }).waitFor();
      },
    },
    {
      says: 'an issue is written',
      async run({ signedIn, origin }) {
        const page = await signedIn('uma', `/${UMA}/cheese/issues/new`);
        await page.locator('input[name=title]').fill('More holes');
        await page.locator('textarea[name=content]').first().fill('Please');
        await page.locator('input[name=title]').press('Enter');
        // Its script would follow the address in this answer.
        await page.getByText(`/${UMA}/cheese/issues/1`).waitFor();
        await page.goto(`${origin}/${UMA}/cheese/issues/1`);
        match(await page.title(), /More holes/);
      },
    },
    {
      says: 'a token of somebody without the role, an invented one and none are refused to `git`',
      async run(scene) {
        await rejects(clone(scene, 'noel', 'cheese'), /403/);
        const plain = { cwd: scene.data, env: { GIT_TERMINAL_PROMPT: '0' } };
        const address = `${scene.origin}/${UMA}/cheese.git`;
        await rejects(runClient('git', ['clone', address], plain), /could not read Username|Authentication failed/);
        await rejects(
          runClient('git', ['-c', 'http.extraHeader=Authorization: Bearer invented', 'clone', address], plain),
          /Authentication failed|could not read|401/,
        );
      },
    },
    {
      says: 'Gitea’s own sign-out signs out',
      async run({ signedIn, origin, worker, application: { identity } }) {
        const page = await signedIn('uma');
        await page.goto(`${origin}/user/logout`);
        await page.waitForURL((url) => url.origin === origin && url.pathname.startsWith('/auth/'));
        await page.goto(origin + identity.path);
        equal(new URL(page.url()).origin, worker.zitadel.issuer);
      },
    },
    {
      says: 'nobody reaches it past the gateway',
      async run({ port }) {
        equal((await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-forwarded-user': UMA } })).status, 403);
      },
    },
  ],
  needed:
    'four settings; nginx in front, which compares `X-Gateway-Secret`. From Go’s module, which has no scripts and styles: pages were used without them',
} satisfies Application;

const environment = (data: string, person: PersonName = 'uma') => ({
  HOME: join(data, `home-${person}`),
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: PEOPLE[person].name,
  GIT_AUTHOR_EMAIL: PEOPLE[person].email,
  GIT_COMMITTER_NAME: PEOPLE[person].name,
  GIT_COMMITTER_EMAIL: PEOPLE[person].email,
});

function git({ data }: Scene, person: PersonName, ...args: string[]) {
  return runClient('git', args, { cwd: join(data, `home-${person}`), env: environment(data, person) });
}

async function clone(scene: Scene, person: PersonName, repository: string): Promise<string> {
  const home = join(scene.data, `home-${person}`);
  mkdirSync(home, { recursive: true });
  const field = `Authorization: Bearer ${await scene.token(person)}`;
  writeFileSync(join(home, '.gitconfig'), `[http "${scene.origin}/"]\n\textraHeader = ${field}\n`);
  await git(scene, person, 'clone', '--quiet', `${scene.origin}/${UMA}/${repository}.git`);
  return home;
}

async function start(place: Place): Promise<Running> {
  const { data, recipe, origin, port } = place;
  const giteaPort = await freePort();
  const changes = { 'https://git.example.com': origin, '3000': `${giteaPort}` };
  const settings = join(data, 'app.ini');
  // Where things are, which is different on each machine.
  const here = [
    `RUN_USER = ${userInfo().username}`,
    'RUN_MODE = prod',
    '[database]',
    'DB_TYPE = sqlite3',
    `PATH = ${data}/gitea.db`,
    '[repository]',
    `ROOT = ${data}/repositories`,
    '[server]',
    `STATIC_ROOT_PATH = ${folderOfModule(GITEA)}`,
    'OFFLINE_MODE = true',
    '[log]',
    'LEVEL = Critical',
  ];
  writeFileSync(settings, `${here.join('\n')}\n${recipe.file('app.ini', changes)}`);
  const env = { GITEA_WORK_DIR: data, HOME: data, GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true' };
  const args = ['web', '-c', settings];
  const gitea = await startProcess({ command: programOf(place, GITEA), args, env, port: giteaPort });
  const server = recipe.file('/etc/nginx/conf.d/gitea.conf', {
    '127.0.0.1:8081': `127.0.0.1:${port}`,
    '127.0.0.1:3000': `127.0.0.1:${giteaPort}`,
    'replace-me': GATEWAY_SECRET,
  });
  const nginx = await startNginx({ folder: join(data, 'nginx'), port, server });
  return {
    output: () => gitea.output() + nginx.output(),
    async stop() {
      await nginx.stop();
      await gitea.stop();
    },
  };
}
