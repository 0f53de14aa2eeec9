// An application behind the built worker with its recipe's settings, and Chromium in front of it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { SEED } from '../../stand-in/seed.ts';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from '../../test/support/chromium.ts';
import { freePort, type RunningWorker, startWorker } from '../../test/support/worker.ts';
import type { Application, Place, Running, Scenario, Scene } from './application.ts';
import { roomOf } from './packages.ts';
import { PEOPLE } from './people.ts';
import { readRecipe } from './recipe.ts';

export interface Stage {
  play(scenario: Scenario): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds. Generous: how long something takes says more about the machine than about the application. */
const PATIENCE = 60_000;
const SCENARIO_PATIENCE = 600_000;

export async function startStage(name: string, application: Application): Promise<Stage> {
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const data = mkdtempSync(join(tmpdir(), `postern-${name}-`));
    stops.push(() => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
    const [port, gatewayPort] = [await freePort(), await freePort()];
    const origin = `http://${application.publicHost ?? 'localhost'}:${gatewayPort}`;
    const place: Place = { ...roomOf(name), data, port, origin, recipe: readRecipe(name) };
    const running = await application.start(place);
    stops.push(running.stop);
    const worker = await startGateway(application, place, gatewayPort);
    stops.push(worker.stop);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
    stops.push(() => browser.close());
    return { play: (scenario) => play({ scenario, application, place, running, worker, browser }), stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

async function startGateway(application: Application, place: Place, port: number): Promise<RunningWorker> {
  const worker = await startWorker({
    port,
    upstream: `http://127.0.0.1:${place.port}`,
    env: {
      // Asks about opaque tokens, which say a name; a JWT says none.
      ZITADEL_API_CLIENT_ID: SEED.apiClientId,
      ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
      ZITADEL_CALLBACK_URL: `${place.origin}/auth/callback`,
      REVOCATION_MAX_AGE: '1',
      ...place.recipe.variables(),
      ...application.variables?.(place),
    },
  });
  const { webApplication } = worker.zitadel;
  webApplication.redirectUris = [`${place.origin}/auth/callback`];
  webApplication.postLogoutRedirectUris = [`${place.origin}/auth/logout/callback`];
  return worker;
}

interface Play {
  readonly scenario: Scenario;
  readonly application: Application;
  readonly place: Place;
  readonly running: Running;
  readonly worker: RunningWorker;
  readonly browser: Browser;
}

async function play({ scenario, application, place, running, worker, browser }: Play): Promise<void> {
  const contexts: BrowserContext[] = [];
  const context = async () => {
    const opened = await browser.newContext({ locale: 'en', acceptDownloads: true });
    opened.setDefaultTimeout(PATIENCE);
    contexts.push(opened);
    return opened;
  };
  const signIn: Scene['signIn'] = async (page, person, path = application.identity.path) => {
    await page.goto(place.origin + path);
    await page.getByRole('button', { name: PEOPLE[person].button }).click();
    await page.waitForURL((url) => url.origin === place.origin);
  };
  const scene: Scene = {
    ...place,
    application,
    worker,
    context,
    signIn,
    async signedIn(person, path) {
      const page = await (await context()).newPage();
      await signIn(page, person, path);
      return page;
    },
    token: (person) => worker.zitadel.mintAccessToken({ sub: PEOPLE[person].sub }),
  };
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error('it does not come to an end')), SCENARIO_PATIENCE);
  });
  try {
    await Promise.race([scenario.run(scene), tooLate]);
  } catch (cause) {
    throw new Error(describeFailure(cause, contexts, running), { cause });
  } finally {
    clearTimeout(late);
    for (const opened of contexts) await opened.close();
  }
}

function describeFailure(cause: unknown, contexts: readonly BrowserContext[], running: Running): string {
  const pages: Page[] = contexts.flatMap((each) => each.pages());
  const places = pages.map((page) => `at ${page.url()}`).join('\n');
  return [
    cause instanceof Error ? cause.message : String(cause),
    places,
    running.output?.().split('\n').slice(-12).join('\n'),
  ].join('\n');
}
