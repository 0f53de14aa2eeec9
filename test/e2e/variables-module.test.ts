// A thousand rules in postern.toml, deployed as an operator does who has the gateway as a package: the worker is prebuilt, his own
// wrangler puts the rules into it, and nothing but Wrangler is run. Then the worker judges by them, at the top and in an environment.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packedManifest } from '../../build/manifest.ts';
import { buildWorker, NO_VARIABLES } from '../../build/package.ts';
import { createFolder, environment, type Folder, TOP, variables } from '../cli/folder.ts';
import { locationOf } from '../support/browser.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

const RULES = Array.from(
  { length: 999 },
  (_, i) => `[[vars.ROUTES]]\npath = "/section-${i}/*"\nroles = ["admin", "staff"]\n`,
);
const POSTERN = `${RULES.join('')}
[[vars.ROUTES]]
path = "/open/*"
access = "public"
[[env.staging.vars.ROUTES]]
path = "/open/*"
access = "deny"
`;
let folder: Folder;

async function deploy(...args: string[]): Promise<string> {
  const options = { cwd: folder.path('.'), env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } };
  const { stdout } = await promisify(execFile)('wrangler', ['deploy', '--dry-run', ...args], options);
  return stdout;
}

beforeAll(async () => {
  const wiring = `[build]
command = "node ${resolve('bin/postern.js')} build"
watch_dir = ["postern.toml"]
[alias]
"#postern/variables" = "./.postern/variables.json"
`;
  folder = createFolder({
    'wrangler.toml': `${TOP}${wiring}[vars]${variables('app.example.com')}${environment('staging', 'POSTERN_ENV = "staging"')}`,
    'worker.js': `export { default, UserSessions } from 'postern/worker';\n`,
    'postern.toml': POSTERN,
    'node_modules/postern/package.json': JSON.stringify({
      ...packedManifest(JSON.parse(readFileSync('package.json', 'utf8'))),
      // Its name is the publisher's to choose
      name: '@somebody/postern',
    }),
    'node_modules/postern/dist/no-variables.js': NO_VARIABLES,
  });
  await buildWorker(folder.path('node_modules/postern/dist/worker.js'));
});
afterAll(() => folder.remove());

/** What a path answers: nobody, somebody without a role, an administrator. 404 is the application's. */
async function judge(worker: RunningWorker, path: string): Promise<readonly number[]> {
  const statuses = [(await worker.browser().navigate(path)).status];
  for (const user of ['user', 'admin']) {
    const browser = worker.browser();
    const authorizeUrl = locationOf(await browser.navigate('/elsewhere'));
    await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user }));
    statuses.push((await browser.navigate(path)).status);
  }
  return statuses;
}

describe('a thousand rules', () => {
  it.each([
    ['at the top', [], {}, { '/section-998/x': [302, 403, 404], '/open/x': [404, 404, 404] }],
    [
      'and in an environment its own rules alone',
      ['--env', 'staging'],
      { POSTERN_ENV: 'staging' },
      { '/section-998/x': [302, 404, 404], '/open/x': [403, 403, 403] },
    ],
  ])('are deployed by Wrangler, and judged by: %s', async (_where, args, env, answers) => {
    expect(await deploy('--outdir', 'out', ...args)).not.toMatch(/env\.ROUTES/);
    const worker = await startWorker({ script: folder.path('out/worker.js'), env });
    try {
      for (const [path, wanted] of Object.entries(answers)) expect(await judge(worker, path), path).toEqual(wanted);
      const page = await worker.browser().navigate('/auth/nowhere', { headers: { 'accept-language': 'zh-TW' } });
      expect(await page.text(), 'the languages of the package').toContain('<html lang="zh-Hant" dir="ltr">');
    } finally {
      await worker.stop();
    }
  });

  it('the package alone, without an alias, has none, and starts', async () => {
    folder.write({ 'plain.toml': `${TOP}[vars]${variables('app.example.com')}` });
    await deploy('--outdir', 'plain', '--config', 'plain.toml');
    expect(readFileSync(folder.path('plain/worker.js'), 'utf8')).not.toContain('section-998');
  });
});
