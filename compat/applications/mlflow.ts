// MLflow: its page, its uploads, and its own client with a token; users by a function of its own. docs/recipes/mlflow.md.

import { deepEqual, equal } from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application, Scene } from '../support/application.ts';
import { GATEWAY_SECRET } from '../support/gateway-secret.ts';
import { pipVersion, python } from '../support/packages.ts';
import { PEOPLE } from '../support/people.ts';
import { runClient } from '../support/run-client.ts';

/** What its client has left. */
async function logRun(scene: Scene): Promise<Record<string, unknown>> {
  const cwd = join(scene.data, 'client');
  mkdirSync(cwd, { recursive: true });
  const env = {
    MLFLOW_TRACKING_URI: scene.origin,
    MLFLOW_TRACKING_TOKEN: await scene.token('uma'),
    GIT_PYTHON_REFRESH: 'quiet',
  };
  const script = resolve('compat/clients/mlflow_client.py');
  const said = await runClient(python(scene), [script, cwd], { cwd, env });
  return JSON.parse(said.split('\n').find((line) => line.startsWith('{')) ?? '') as Record<string, unknown>;
}

const proof = { 'x-gateway-secret': GATEWAY_SECRET, 'x-forwarded-preferred-username': PEOPLE.uma.loginName };

const post = (path: string, body: object) =>
  `fetch('${path}', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '${JSON.stringify(body)}' }).then((answer) => answer.status)`;

/** Milliseconds: it takes its time to start, the more where others work, too. */
const PATIENCE = 180_000;

export const application = {
  title: 'MLflow',
  packages: { pip: ['mlflow[auth]==3.17.2'] },
  version: (room) => pipVersion(room, 'mlflow'),
  // It takes every origin on localhost.
  publicHost: 'mlflow.localhost',
  needed: '`--allowed-hosts`, `--cors-allowed-origins`, an `authorization_function`',
  variables: () => ({ UPSTREAM_SECRET: GATEWAY_SECRET }),
  start({ folder, data, port, origin, recipe }) {
    const write = (file: string, text: string) => writeFileSync(join(data, file), text);
    write('gateway_user.py', recipe.file('gateway_user.py'));
    write('basic_auth.ini', recipe.file('basic_auth.ini'));
    const start = recipe.file('start.sh', {
      5000: String(port),
      'https://mlflow.example.com': origin,
      'mlflow.example.com': new URL(origin).host,
    });
    write('start.sh', start);
    const env = {
      PATH: `${join(folder, 'venv', 'bin')}:${process.env['PATH']}`,
      PYTHONPATH: data,
      GATEWAY_SECRET,
      MLFLOW_AUTH_CONFIG_PATH: join(data, 'basic_auth.ini'),
      MLFLOW_AUTH_ADMIN_PASSWORD: GATEWAY_SECRET,
      MLFLOW_FLASK_SERVER_SECRET_KEY: GATEWAY_SECRET,
    };
    return startProcess({ command: 'sh', args: ['start.sh'], cwd: data, env, port, patience: PATIENCE });
  },
  identity: {
    path: '/',
    read: (page) =>
      page.evaluate("fetch('/ajax-api/2.0/mlflow/users/current').then((answer) => answer.text())") as Promise<string>,
    shows: ({ loginName }) => `"username":"${loginName}"`,
  },
  scenarios: [
    {
      says: 'its own client logs a run with a token, uploads an artifact and gets it back',
      async run(scene) {
        const { run: _, experiment: __, ...rest } = await logRun(scene);
        deepEqual(rest, { params: { flour: 'Roggen & Käse' }, metrics: { crumbs: 0.5 }, same: true });
      },
    },
    {
      says: 'the page shows the run',
      async run(scene) {
        const { run, experiment } = await logRun(scene);
        const page = await scene.signedIn('uma', '/');
        await page.goto(`${scene.origin}/#/experiments/${experiment}/runs/${run}`);
        await page.getByText('Roggen & Käse').first().waitFor();
      },
    },
    {
      says: 'an experiment is made in the browser, which MLflow refuses to a foreign origin',
      async run({ signedIn, port }) {
        const page = await signedIn('uma', '/');
        equal(await page.evaluate(post('/ajax-api/2.0/mlflow/experiments/create', { name: 'cake' })), 200);
        const headers = { ...proof, 'content-type': 'application/json', origin: 'https://evil.example' };
        const url = `http://127.0.0.1:${port}/ajax-api/2.0/mlflow/experiments/create`;
        equal((await fetch(url, { method: 'POST', headers, body: '{"name":"forged"}' })).status, 403);
        equal(
          (await fetch(url, { method: 'POST', headers: { ...headers, origin: '' }, body: '{"name":"own"}' })).status,
          200,
        );
      },
    },
    {
      says: 'what is for its administrators is for whoever has the role',
      async run({ signedIn }) {
        const create = post('/ajax-api/2.0/mlflow/users/create', {
          username: 'other',
          password: 'a password of sixteen letters',
        });
        equal(await (await signedIn('uma', '/')).evaluate(create), 403);
        equal(await (await signedIn('ada', '/')).evaluate(create), 200);
      },
    },
  ],
} satisfies Application;
