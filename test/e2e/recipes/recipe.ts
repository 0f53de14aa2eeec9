// A recipe of examples/ as its README has it: the application on a loopback port, behind the built worker with the recipe's own routes.toml.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unstable_readConfig } from 'wrangler';
import { locationOf, type TestBrowser } from '../../support/browser.ts';
import { freePort, type RunningWorker, startWorker } from '../../support/worker.ts';

/** Debian's, which has the frameworks that Debian packages; `RECIPE_PYTHON` names another with newer ones. */
export const PYTHON = process.env['RECIPE_PYTHON'] ?? '/usr/bin/python3';

export const UPSTREAM_SECRET = 'c41f0e6b7d2a935880e1f6a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6';

/** Seconds that an application may take to answer for the first time. */
const PATIENCE = 60;

export interface Recipe {
  readonly worker: RunningWorker;
  /** The application's own origin, past the gateway. */
  readonly application: string;
  /** Signs in as a user of the stand-in's and ends at the page asked for. */
  signIn(user: string, path: string): Promise<{ browser: TestBrowser; page: Response }>;
  /** Signs out as a visitor does, and comes back from ZITADEL. */
  signOut(browser: TestBrowser): Promise<Response>;
  stop(): Promise<void>;
}

export interface RecipeOptions {
  /** Under examples/. */
  readonly folder: string;
  /** Commands that come before, each to its end. */
  readonly prepare?: readonly (readonly string[])[];
  readonly command: (port: number) => readonly string[];
  readonly env?: (place: { readonly origin: string; readonly data: string }) => Record<string, string>;
  /** Changes to the gateway's variables. */
  readonly variables?: Record<string, unknown>;
}

/** Whether a program ends well. Says in one line what is missing, since a test that is skipped should not go unnoticed. */
export function isInstalled(what: string, command: string, args: readonly string[]): boolean {
  const isThere = spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  if (!isThere) console.log(`No ${what} here: its recipe is not tested.`);
  return isThere;
}

export const hasModules = (packages: string, ...modules: string[]): boolean =>
  isInstalled(packages, PYTHON, ['-c', `import ${modules.join(', ')}`]);

/** `[vars]` of a file in the form of wrangler.toml, read as Wrangler reads it. */
export function readVariables(config: string): Record<string, unknown> {
  return unstable_readConfig({ config }, { hideWarnings: true }).vars as Record<string, unknown>;
}

export async function startRecipe(options: RecipeOptions): Promise<Recipe> {
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const [application, origin] = [`http://127.0.0.1:${port}`, `http://localhost:${gatewayPort}`];
  const data = mkdtempSync(join(tmpdir(), 'recipe-'));
  const place = {
    cwd: join('examples', options.folder),
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUNBUFFERED: '1',
      PUBLIC_ORIGIN: origin,
      GATEWAY_SECRET: UPSTREAM_SECRET,
      ...options.env?.({ origin, data }),
    },
  };
  for (const [command = '', ...args] of options.prepare ?? []) {
    const { status, stdout, stderr } = spawnSync(command, args, { ...place, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
  }
  const running = run(options.command(port), place);
  let worker: RunningWorker;
  try {
    await running.answers(application);
    worker = await startWorker({
      port: gatewayPort,
      upstream: application,
      env: {
        ...readVariables(join(place.cwd, 'routes.toml')),
        UPSTREAM_SECRET,
        REVOCATION_MAX_AGE: '1',
        ...options.variables,
      },
    });
  } catch (cause) {
    await running.stop();
    rmSync(data, { recursive: true });
    throw cause;
  }
  return {
    worker,
    application,
    signIn: (user, path) => signIn(worker, user, path),
    signOut,
    async stop() {
      await worker.stop();
      await running.stop();
      rmSync(data, { recursive: true });
    },
  };
}

async function signIn(worker: RunningWorker, user: string, path: string) {
  const browser = worker.browser();
  const authorizeUrl = locationOf(await browser.navigate(path));
  const back = await browser.navigate(await worker.zitadel.signIn({ authorizeUrl, user }));
  return { browser, page: await browser.navigate(locationOf(back)) };
}

async function signOut(browser: TestBrowser): Promise<Response> {
  const leaving = await browser.navigate('/auth/logout', {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
  });
  const back = await fetch(locationOf(leaving), { redirect: 'manual' });
  return browser.navigate(locationOf(back));
}

function run([command = '', ...args]: readonly string[], place: { cwd: string; env: NodeJS.ProcessEnv }) {
  const child = spawn(command, args, { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (cause) => keep(Buffer.from(String(cause))));
  return {
    /** Whatever the answer: a stranger is refused. */
    async answers(origin: string): Promise<void> {
      for (let second = 0; second < PATIENCE && !hasEnded(child); second += 0.1) {
        try {
          await fetch(origin, { redirect: 'manual', signal: AbortSignal.timeout(2_000) });
          return;
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
      throw new Error(`${command} ${args.join(' ')} does not answer. Its last words:\n${output}`);
    },
    stop: () => end(child),
  };
}

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const isGone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await isGone;
  clearTimeout(impatience);
}

/** The value of a form's hidden field. */
export function hiddenField(html: string, name: string): string {
  const [, value] = new RegExp(`name="${name}" value="([^"]*)"`).exec(html) ?? [];
  if (value === undefined) throw new Error(`no field ${name} in the page`);
  return value;
}

/** A form on a page of our own is sent, as a browser does. */
export function submit(browser: TestBrowser, origin: string, path: string, fields: Record<string, string>) {
  return browser.navigate(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      origin,
      referer: origin + path,
    },
  });
}

/** The button of the page that sends a kept form again. */
export async function sendAgain(browser: TestBrowser, origin: string, url: string): Promise<Response> {
  const page = await (await browser.navigate(url)).text();
  const [, action = '', name, value] =
    /<form method="post" action="([^"]*)".*?<input type="hidden" name="([^"]*)" value="([^"]*)">/s.exec(page) ?? [];
  return browser.navigate(action.replaceAll('&amp;', '&'), {
    method: 'POST',
    body: `${name}=${value}\r\n`,
    headers: { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin', origin, referer: `${origin}/` },
  });
}
