// `postern dev`: how long the gateway runs, with a program in Wrangler's place that ends when the test says so.

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBed } from './gateway-bed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-gateway-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the gateway of postern dev', () => {
  it('is there with its first answer, whatever that is; from then on its lines are passed on', async () => {
    const { gateway, programs, told, asked, secretFile } = createBed(folder);
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

  it('keeps its lines to itself with --quiet', async () => {
    const { gateway, programs, told } = createBed(folder, { isQuiet: true });
    await gateway.start();
    programs[0]?.say('GET / 200');
    expect(told).toEqual([]);
  });

  it('that ends while it starts fails with its last words', async () => {
    const { gateway, world } = createBed(folder, { answers: false });
    world.onStart = ({ end }) => end(3);
    await expect(gateway.start()).rejects.toMatchObject({
      message: 'the gateway has ended (code 3)',
      hints: ['its last words:', 'could not', 'at all'],
    });
  });

  it('that never answers fails after a while', async () => {
    const { gateway, asked } = createBed(folder, { answers: false });
    await expect(gateway.start()).rejects.toThrow('does not answer after 90 seconds');
    expect(asked.length).toBe(360);
  });

  it('that ends later fails then', async () => {
    const { gateway, programs } = createBed(folder);
    await gateway.start();
    programs[0]?.end(1);
    await expect(gateway.ended()).rejects.toThrow('the gateway has ended (code 1)');
  });

  it('asked to end before it is started, it is not', async () => {
    const { gateway, programs } = createBed(folder, { isAborted: true });
    await gateway.start();
    await gateway.ended();
    expect(programs).toEqual([]);
  });

  it('asked to end before it answers, starting is over without a fault', async () => {
    const { gateway, world, stopping } = createBed(folder, { answers: false });
    world.onStart = () => stopping.abort();
    await gateway.start();
    await gateway.ended();
  });
});
