// JupyterHub: a notebook's kernel answers over a WebSocket. docs/recipes/jupyterhub.md.

import { equal, ok } from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startProcess } from '../../test/support/processes.ts';
import { freePort } from '../../test/support/worker.ts';
import type { Application, Scene } from '../support/application.ts';
import { pipVersion, program } from '../support/packages.ts';
import { PEOPLE } from '../support/people.ts';

const SECRET = 'b91c44e2d07f6a83915e2c7d0f4b6a8e3d5c1f7290ab4e68d1c3f5a7092b4d6e';
const home = `/user/${PEOPLE.uma.loginName}`;

/** Starts the user's server, unless it is running. */
async function openLab({ signedIn, origin }: Scene): Promise<Page> {
  const page = await signedIn('uma', '/hub/spawn');
  await page.waitForURL((url) => url.href.startsWith(`${origin}${home}/lab`), { timeout: 120_000 });
  await page.locator('#jp-top-panel').waitFor();
  return page;
}

export const application = {
  title: 'JupyterHub',
  packages: {
    pip: ['jupyterhub==6.1.1', 'jupyterlab==4.6.6', 'ipykernel==7.4.0'],
    npm: ['configurable-http-proxy@5.3.0'],
  },
  version: (room) => pipVersion(room, 'jupyterhub'),
  needed: 'an authenticator of 20 lines in `jupyterhub_config.py`',
  variables: () => ({ UPSTREAM_SECRET: SECRET }),
  async start({ folder, data, port, recipe }) {
    const [hub, api] = [await freePort(), await freePort()];
    const config = recipe.file('jupyterhub_config.py', { '127.0.0.1:8000': `127.0.0.1:${port}` });
    const here = [
      `c.JupyterHub.hub_bind_url = "http://127.0.0.1:${hub}"`,
      `c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:${api}"`,
      `c.ConfigurableHTTPProxy.command = ["${program({ folder }, 'configurable-http-proxy')}"]`,
      `c.SimpleLocalProcessSpawner.home_dir_template = "${data}/home/{username}"`,
      'c.Spawner.args = ["--allow-root"]',
      `c.Spawner.environment = {"JUPYTER_CONFIG_PATH": "${data}/etc"}`,
      'c.Spawner.start_timeout = c.Spawner.http_timeout = 300',
    ];
    writeFileSync(join(data, 'jupyterhub_config.py'), `${config}\n${here.join('\n')}\n`);
    mkdirSync(join(data, 'etc'));
    writeFileSync(join(data, 'etc', 'jupyter_server_config.py'), recipe.file('/etc/jupyter/jupyter_server_config.py'));
    const bin = join(folder, 'venv', 'bin');
    return startProcess({
      command: program({ folder }, 'jupyterhub'),
      args: ['-f', join(data, 'jupyterhub_config.py')],
      cwd: data,
      env: { PATH: `${bin}:${process.env['PATH']}`, HOME: data, GATEWAY_SECRET: SECRET },
      port,
    });
  },
  identity: { path: '/hub/home', shows: ({ loginName }) => loginName },
  scenarios: [
    {
      says: 'a notebook runs a cell over a WebSocket',
      async run(scene) {
        const page = await openLab(scene);
        await page.locator('.jp-LauncherCard[data-category=Notebook]').first().click();
        await page.locator('.jp-Notebook .jp-CodeCell .cm-content').first().click();
        await page.keyboard.type('print("the answer is", 6 * 7)');
        await page.locator('.jp-Notebook .cm-content', { hasText: '6 * 7' }).waitFor();
        // Only a kernel that is there runs it.
        await page.locator('.jp-Notebook-ExecutionIndicator[data-status=idle]').waitFor();
        await page.keyboard.press('Shift+Enter');
        await page.locator('.jp-OutputArea-output', { hasText: 'the answer is 42' }).waitFor();
      },
    },
    {
      says: 'a file is saved and is there after a reload',
      async run(scene) {
        const page = await openLab(scene);
        const saved = await page.evaluate(
          `fetch('${home}/api/contents/saved.txt', { method: 'PUT', headers: { 'X-XSRFToken': document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? '' },
            body: JSON.stringify({ type: 'file', format: 'text', content: 'Käse' }) }).then((answer) => answer.status)`,
        );
        ok(saved === 201 || saved === 200, `${saved}`);
        const answer = await page.goto(`${scene.origin}${home}/files/saved.txt`);
        equal(await answer?.text(), 'Käse');
      },
    },
    {
      says: 'somebody else does not reach the notebooks of the one before in the same browser',
      async run(scene) {
        const { signIn, origin } = scene;
        const page = await openLab(scene);
        await page.goto(`${origin}/auth/logout`);
        // Straight to the server of the one before, which has a cookie of its own in this browser.
        await signIn(page, 'ada', `${home}/api/contents`);
        equal((await page.goto(`${origin}${home}/api/contents`))?.status(), 403);
        await page.goto(`${origin}/hub/home`);
        equal((await page.goto(`${origin}${home}/api/contents`))?.status(), 403);
      },
    },
    {
      says: 'whoever comes past the gateway is refused',
      async run({ port }) {
        const headers = { 'Remote-User': PEOPLE.uma.loginName };
        equal((await fetch(`http://127.0.0.1:${port}/hub/home`, { headers })).status, 403);
      },
    },
  ],
} satisfies Application;
