// What every measurement needs around it: upstream, ZITADEL's stand-in, KV, bundles, and visitors who have signed in.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { deployedBytes, SAFE_BYTES } from '../cli/installation/limits.ts';
import { SEED } from '../stand-in/seed.ts';
import { createZitadel, type Zitadel } from '../stand-in/zitadel.ts';
import { locationOf, TestBrowser } from '../test/support/browser.ts';
import { sendHttp } from '../test/support/http.ts';
import { freePort } from '../test/support/worker.ts';
import { type KeyValueServer, type RunningWorkerd, startKeyValueServer, startWorkerd } from './workerd.ts';

/** As browsers send them with a navigation. */
export const BROWSER_HEADERS = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.7,de;q=0.3',
  'Accept-Encoding': 'gzip, br',
  Referer: 'http://localhost/start',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'same-origin',
  'Sec-Fetch-User': '?1',
  'Upgrade-Insecure-Requests': '1',
  Priority: 'u=0, i',
};

export interface Stage {
  readonly zitadel: Zitadel;
  readonly upstream: RunningWorkerd;
  readonly keyValues: KeyValueServer;
  /** Path of a worker of this folder, bundled. */
  bundle(name: string): Promise<string>;
  start(script: string, bindings?: Readonly<Record<string, unknown>>): Promise<RunningWorkerd>;
  /** Postern, ready to sign people in; the script is `dist/index.js` where none is named. */
  startPostern(
    variables?: Readonly<Record<string, unknown>>,
    script?: string,
    inspectorPort?: number,
  ): Promise<RunningWorkerd>;
  /** The Cookie header of somebody who has signed in. */
  signIn(worker: RunningWorkerd, user: string): Promise<string>;
  /** Gives a user so many roles at ZITADEL. */
  grantRoles(user: string, count: number, name?: (index: number) => string): void;
  close(): Promise<void>;
}

export async function createStage(posternScript: string): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const running: RunningWorkerd[] = [];
  const zitadel = createZitadel();
  const provider = await zitadel.listen();
  const keyValues = await startKeyValueServer();

  const bundle = async (name: string, alias: Readonly<Record<string, string>> = {}) => {
    const outfile = join(folder, `${running.length}-${basename(name)}.js`);
    await build({
      entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
      outfile,
      alias,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2024',
      conditions: ['workerd'],
      external: ['cloudflare:workers'],
    });
    return outfile;
  };
  const start = async (options: Parameters<typeof startWorkerd>[0]) => {
    const worker = await startWorkerd(options);
    running.push(worker);
    return worker;
  };
  const upstream = await start({ script: await bundle('upstream-worker') });

  /** As a deployment with a postern.toml. */
  const bundleWith = async (vars: Readonly<Record<string, unknown>>) => {
    const file = join(folder, `${running.length}-variables.json`);
    await writeFile(file, JSON.stringify({ vars }));
    return bundle('../src/index', { '#postern/variables': file });
  };

  return {
    zitadel,
    upstream,
    keyValues,
    bundle: (name) => bundle(name),
    start: (script, bindings = {}) =>
      start({ script, bindings: { UPSTREAM_URL: `http://127.0.0.1:${upstream.port}`, ...bindings } }),
    async startPostern(wanted = {}, plainScript = posternScript, inspectorPort) {
      const { short: variables, long } = splitVariables(wanted);
      const script = long ? await bundleWith(long) : plainScript;
      const port = await freePort();
      const origin = `http://localhost:${port}`;
      zitadel.webApplication.redirectUris.push(`${origin}/auth/callback`);
      zitadel.webApplication.postLogoutRedirectUris.push(`${origin}/auth/logout/callback`);
      const bindings = {
        UPSTREAM_URL: `http://127.0.0.1:${upstream.port}`,
        ZITADEL_DOMAIN: provider.origin,
        ZITADEL_CLIENT_ID: SEED.webClientId,
        ZITADEL_PROJECT_ID: SEED.projectId,
        ZITADEL_CALLBACK_URL: `${origin}/auth/callback`,
        SESSION_SECRET: 'b8f2c1d94e7a6053f1e2d3c4b5a69788796a5b4c3d2e1f00112f3e4d5c6b7a89',
        ...variables,
      };
      return start({ script, bindings, kvPort: keyValues.port, port, ...(inspectorPort && { inspectorPort }) });
    },
    async signIn({ origin }, user) {
      const browser = new TestBrowser(sendHttp, origin);
      const authorizeUrl = locationOf(await browser.navigate('/signed-in'));
      const back = await browser.navigate(await zitadel.signIn({ authorizeUrl, user }));
      const page = await browser.navigate(locationOf(back));
      if (page.status !== 200) throw new Error(`signed in, and then ${page.status}`);
      return browser.jar.getCookieString(origin);
    },
    grantRoles(user, count, name = (index) => `department-${index}-editor`) {
      const keys = Array.from({ length: count }, (_, index) => name(index));
      for (const key of keys) zitadel.project.roles.set(key, { displayName: key });
      zitadel.setUserRoles(user, keys);
    },
    async close() {
      await Promise.all(running.map((worker) => worker.stop()));
      zitadel.close();
      await provider.close();
      keyValues.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What is too long for a variable stands in postern.toml. */
function splitVariables(wanted: Readonly<Record<string, unknown>>) {
  const isLong = ([, value]: readonly [string, unknown]) => deployedBytes(value) > SAFE_BYTES;
  const all = Object.entries(wanted);
  const long = all.filter(isLong);
  return {
    short: Object.fromEntries(all.filter((each) => !isLong(each))),
    long: long.length > 0 ? Object.fromEntries(long) : undefined,
  };
}
