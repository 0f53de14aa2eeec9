// The gateway's life: started with what the files come to, started again when a change is not Wrangler's to notice, ended.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeSecretFile } from '../setup/deployment-files.ts';
import { CommandError } from '../support/failure.ts';
import type { System } from '../support/system.ts';
import { waitForAnswer } from './answering.ts';
import type { DevFlags } from './flags.ts';
import { DEV_SITES } from './sites.ts';
import type { Look, Stage } from './stage.ts';
import { findSecretFiles } from './state.ts';
import { type Running, startWrangler, wranglerArguments } from './wrangler.ts';

export interface Gateway {
  /** Resolves once it answers, or all is to end. */
  start(): Promise<void>;
  /** Starts it again if Wrangler would not notice the change by itself. */
  followChange(paths: readonly string[]): Promise<void>;
  /** Resolves when all is to end; fails when the gateway ends before. */
  ended(): Promise<void>;
  stop(): Promise<void>;
}

/** Seconds until its first answer. */
const PATIENCE = 90;

export function createGateway(
  stage: Pick<Stage, 'folder' | 'hasStandIn' | 'look'>,
  flags: Pick<DevFlags, 'isQuiet' | 'place'>,
  system: System,
  stopping: AbortSignal,
  startProgram = startWrangler,
): Gateway {
  const secretFile = join(stage.folder, 'session-secret.vars');
  // One for the whole run: a change of the configuration signs nobody out.
  const secret = randomBytes(32).toString('hex');
  let running: Running | undefined;
  let present = '';
  let isHeard = false;
  let isOver = false;
  const { promise: ended, resolve: end, reject: fail } = Promise.withResolvers<void>();
  // Nobody may be waiting for it yet.
  ended.catch(() => undefined);
  const finish = () => {
    isOver = true;
    end();
  };
  if (stopping.aborted) finish();
  else stopping.addEventListener('abort', finish, { once: true });

  async function run(look: Look): Promise<void> {
    const { args, env, signature } = await prepare(look);
    present = signature;
    // Nobody would end what is started now.
    if (isOver) return;
    const hear = (line: string) => isHeard && !flags.isQuiet && system.tell(line);
    const started = startProgram(args, hear, system.hasColour.tell, env);
    running = started;
    void started.ended.then((code) => {
      if (running !== started || isOver) return;
      isOver = true;
      fail(withLastWords(`the gateway has ended (code ${code})`, started));
    });
    const found = await waitForAnswer(healthUrl(look), system, () => isOver, PATIENCE);
    if (found === 'silent') throw withLastWords(`the gateway does not answer after ${PATIENCE} seconds`, started);
    isHeard = found === 'answers';
  }

  async function prepare({ opened, state: { plan, hasDevHost } }: Look) {
    const secretFiles = findSecretFiles(opened);
    if (plan.needsSecret) {
      await mkdir(stage.folder, { recursive: true });
      await writeSecretFile(secretFile, `SESSION_SECRET=${secret}\n`);
    }
    const args = wranglerArguments({
      origin: plan.origin,
      place: flags.place,
      overrides: plan.overrides,
      envFiles: plan.needsSecret ? [...secretFiles, secretFile] : [],
      persistTo: stage.hasStandIn ? join(stage.folder, 'state') : undefined,
      hasDevHost,
    });
    const secrets = await Promise.all(secretFiles.map((path) => readFile(path, 'utf8')));
    const env = plan.fileSites ? { [DEV_SITES]: JSON.stringify(plan.fileSites) } : {};
    return { args, env, signature: JSON.stringify([args, env, secrets]) };
  }

  async function stopRunning(): Promise<void> {
    const started = running;
    running = undefined;
    isHeard = false;
    await started?.stop();
  }

  return {
    async start() {
      await run(await stage.look());
      // Throws if it has ended meanwhile.
      if (isOver) await ended;
    },
    async followChange(paths) {
      const names = paths.map((path) => relative(process.cwd(), path)).join(' and ');
      try {
        const look = await stage.look();
        const { signature } = await prepare(look);
        if (isOver || signature === present) return;
        system.tell(`${names} changed: the gateway starts again …`);
        await stopRunning();
        await run(look);
        if (isHeard) system.tell('The gateway runs again.');
      } catch (cause) {
        // The file may be half-written, so the running gateway goes on. Any other error is our own mistake and ends everything.
        if (cause instanceof CommandError) system.tell(`${names}: ${cause.message}`);
        else fail(cause);
      }
    },
    ended: () => ended,
    async stop() {
      isOver = true;
      await stopRunning();
      await rm(secretFile, { force: true });
    },
  };
}

function healthUrl({ state: { plan } }: Look): string {
  const folder = plan.callback.slice(plan.origin.length, plan.callback.lastIndexOf('/'));
  // Names below localhost are known to browsers only.
  return `${plan.origin.replace(/\/\/[^:/]+\.localhost/, '//127.0.0.1')}${folder}/health`;
}

const withLastWords = (sentence: string, { lastWords }: Running): CommandError =>
  new CommandError(sentence, { hints: ['its last words:', ...lastWords().split('\n')] });
