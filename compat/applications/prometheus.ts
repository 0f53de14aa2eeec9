// Prometheus, which has no users: rules alone. docs/recipes/prometheus.md.

import { deepEqual, equal } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../../test/support/processes.ts';
import type { Application } from '../support/application.ts';
import { debianVersion } from '../support/packages.ts';

export const application = {
  title: 'Prometheus',
  packages: { debian: ['prometheus'] },
  version: () => debianVersion('prometheus'),
  needed: 'rules only: it has no users',
  start({ data, port, origin, recipe }) {
    const { host } = new URL(origin);
    const start = recipe.file('start.sh', {
      '127.0.0.1:9090': `127.0.0.1:${port}`,
      'https://prometheus.example.com/': `${origin}/`,
      'https://prometheus\\.example\\.com': `http://${host}`,
    });
    writeFileSync(join(data, 'start.sh'), start);
    const scraped = `scrape_configs: [{ job_name: itself, scrape_interval: 1s, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }]\n`;
    writeFileSync(join(data, 'prometheus.yml'), scraped);
    return startProcess({ command: 'sh', args: ['start.sh'], cwd: data, port });
  },
  identity: {
    path: '/graph',
    // It shows nobody: the gateway says who it is.
    read: (page) => page.evaluate("fetch('/auth/userinfo').then((answer) => answer.text())") as Promise<string>,
    shows: ({ name }) => `"name":"${name}"`,
  },
  scenarios: [
    {
      says: 'a query is answered on its page',
      async run({ signedIn }) {
        const page = await signedIn('uma', '/graph?g0.expr=prometheus_build_info&g0.tab=1');
        await page.getByText('prometheus_build_info{').first().waitFor();
      },
    },
    {
      says: 'a program asks with a token',
      async run({ origin, token }) {
        const headers = { authorization: `Bearer ${await token('uma')}` };
        const answer = await fetch(`${origin}/api/v1/query?query=vector(42)`, { headers });
        const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
        equal(data.result[0]?.value[1], '42');
      },
    },
    {
      says: 'what changes something is for administrators; the health is everybody’s',
      async run({ signedIn, origin }) {
        const snapshot = "fetch('/api/v1/admin/tsdb/snapshot', { method: 'POST' }).then((answer) => answer.status)";
        const statuses = [];
        for (const person of ['uma', 'ada'] as const) statuses.push(await (await signedIn(person)).evaluate(snapshot));
        deepEqual(statuses, [403, 200]);
        equal((await fetch(`${origin}/-/healthy`)).status, 200);
        equal((await fetch(`${origin}/-/quit`, { method: 'POST', redirect: 'manual' })).status, 401);
      },
    },
  ],
} satisfies Application;
