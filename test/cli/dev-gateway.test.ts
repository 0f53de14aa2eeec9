// `postern dev`: how long the gateway runs, with a program in Wrangler's place that ends when the test says so.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGateway } from '../../cli/dev/gateway.ts';
import { planOverrides } from '../../cli/dev/plan.ts';
import type { Look } from '../../cli/dev/stage.ts';
import { CommandError } from '../../cli/support/failure.ts';
import { createTestSystem } from './setup-bed.ts';

interface Started {
  readonly args: readonly string[];
  readonly say: (line: string) => void;
  readonly end: (code: number) => void;
  isStopped: boolean;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-gateway-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function createBed({ answers = true, isQuiet = false, isAborted = false } = {}) {
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

describe('the gateway', () => {
  it('is there with its first answer, whatever that is; from then on its lines are passed on', async () => {
    const { gateway, programs, told, asked, secretFile } = createBed();
    await gateway.start();
    expect(asked).toEqual(['http://localhost:8787/x/health']);
    expect((await stat(secretFile)).mode & 0o777).toBe(0o600);
    expect(await readFile(secretFile, 'utf8')).toMatch(/^SESSION_SECRET=[0-9a-f]{64}\n$/);
    programs[0]?.say('GET / 200');
    expect(told).toEqual(['GET / 200']);
    await gateway.stop();
    expect(programs[0]?.isStopped).toBe(true);
    await expect(stat(secretFile)).rejects.toThrow('ENOENT');
  });

  it('--quiet keeps its lines', async () => {
    const { gateway, programs, told } = createBed({ isQuiet: true });
    await gateway.start();
    programs[0]?.say('GET / 200');
    expect(told).toEqual([]);
  });

  it('that ends while it starts fails with its last words', async () => {
    const { gateway, world } = createBed({ answers: false });
    world.onStart = ({ end }) => end(3);
    await expect(gateway.start()).rejects.toMatchObject({
      message: 'the gateway has ended (code 3)',
      hints: ['its last words:', 'could not', 'at all'],
    });
  });

  it('that never answers fails after a while', async () => {
    const { gateway, asked } = createBed({ answers: false });
    await expect(gateway.start()).rejects.toThrow('does not answer after 90 seconds');
    expect(asked.length).toBe(360);
  });

  it('that ends later fails then', async () => {
    const { gateway, programs } = createBed();
    await gateway.start();
    programs[0]?.end(1);
    await expect(gateway.ended()).rejects.toThrow('the gateway has ended (code 1)');
  });

  it('asked to end before it is started, it is not', async () => {
    const { gateway, programs } = createBed({ isAborted: true });
    await gateway.start();
    await gateway.ended();
    expect(programs).toEqual([]);
  });

  it('asked to end before it answers, starting is over without a fault', async () => {
    const { gateway, world, stopping } = createBed({ answers: false });
    world.onStart = () => stopping.abort();
    await gateway.start();
    await gateway.ended();
  });
});

describe('a change of the files', () => {
  it('that changes nothing for the gateway is left to Wrangler', async () => {
    const { gateway, programs } = createBed();
    await gateway.start();
    await gateway.followChange(['wrangler.toml']);
    expect(programs.length).toBe(1);
  });

  it('of what it is started with starts it again, with the same secret', async () => {
    const { gateway, programs, told, world, secretFile } = createBed();
    await gateway.start();
    const secret = await readFile(secretFile, 'utf8');
    world.port = 8788;
    await gateway.followChange(['wrangler.toml', '.dev.vars']);
    expect(programs.map(({ isStopped }) => isStopped)).toEqual([true, false]);
    expect(programs[1]?.args).toContain('8788');
    expect(await readFile(secretFile, 'utf8')).toBe(secret);
    expect(told).toEqual([
      'wrangler.toml and .dev.vars changed: the gateway starts again …',
      'The gateway runs again.',
    ]);
  });

  it('of a secret too, which Wrangler does not watch', async () => {
    const { gateway, programs } = createBed();
    await gateway.start();
    await writeFile(join(folder, '.dev.vars'), 'UPSTREAM_SECRET=1');
    await gateway.followChange([]);
    await writeFile(join(folder, '.dev.vars'), 'UPSTREAM_SECRET=2');
    await gateway.followChange([]);
    expect(programs.length).toBe(3);
    expect(programs.flatMap(({ args }) => args).join(' ')).not.toContain('UPSTREAM_SECRET');
  });

  it('that can’t be read is said, and what runs goes on', async () => {
    const { gateway, programs, told, world } = createBed();
    await gateway.start();
    world.look = async () => {
      throw new CommandError('half-written');
    };
    await gateway.followChange(['wrangler.toml']);
    expect(told).toEqual(['wrangler.toml: half-written']);
    expect(programs.length).toBe(1);
  });

  it('that meets a mistake of ours ends all of it, rather than leave the gateway to nobody', async () => {
    const { gateway, world } = createBed();
    await gateway.start();
    world.look = async () => {
      throw new TypeError('a mistake');
    };
    await gateway.followChange(['wrangler.toml']);
    await expect(gateway.ended()).rejects.toThrow('a mistake');
  });

  it('while all of it ends starts nothing that nobody would end', async () => {
    const { gateway, programs, world, stopping } = createBed();
    await gateway.start();
    world.port = 8788;
    world.onStop = () => stopping.abort();
    await gateway.followChange(['wrangler.toml']);
    expect(programs.length).toBe(1);
    await gateway.ended();
  });
});
