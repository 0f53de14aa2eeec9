// `postern dev` with a program in Wrangler's place that ends when the test says so.

import { join } from 'node:path';
import { createGateway } from '../../../cli/dev/gateway.ts';
import { planOverrides } from '../../../cli/dev/plan.ts';
import type { Look } from '../../../cli/dev/stage.ts';
import { createTestSystem } from '../setup-bed.ts';

export interface Started {
  readonly args: readonly string[];
  readonly say: (line: string) => void;
  readonly end: (code: number) => void;
  isStopped: boolean;
}

export function createBed(folder: string, { answers = true, isQuiet = false, isAborted = false } = {}) {
  const stopping = new AbortController();
  if (isAborted) stopping.abort();
  const told: string[] = [];
  const programs: Started[] = [];
  const world = {
    port: 8787,
    answers,
    look: async (): Promise<Look> => lookAt(world.port),
    onStart: (_: Started): void => undefined,
    onStop: (): void => undefined,
  };
  const lookAt = (port: number): Look => ({
    opened: { folder, env: undefined } as Look['opened'],
    state: {
      plan: planOverrides(
        { ZITADEL_CALLBACK_URL: 'https://a.example/x/callback' },
        { port, standIn: undefined, upstream: undefined },
      ),
      values: { before: {}, after: {} },
      config: undefined,
      sites: [],
      issues: [],
      hasDevHost: false,
    },
  });
  const asked: string[] = [];
  const system = {
    ...createTestSystem(),
    tell: (line: string) => void told.push(line),
    fetch: async (url: string) => {
      asked.push(url);
      if (!world.answers) throw new TypeError('fetch failed');
      return new Response('', { status: 503 });
    },
  };
  const stage = { folder: join(folder, 'own'), hasStandIn: true, look: () => world.look() };
  const gateway = createGateway(stage, { isQuiet, place: {} }, system, stopping.signal, (args, hear) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const program: Started = { args, say: hear, end: resolve, isStopped: false };
    programs.push(program);
    world.onStart(program);
    return {
      ended: promise,
      lastWords: () => 'could not\nat all',
      stop: async () => {
        program.isStopped = true;
        world.onStop();
        resolve(0);
      },
    };
  });
  return { gateway, stopping, told, programs, world, asked, secretFile: join(stage.folder, 'session-secret.vars') };
}
