// `postern dev`: what a change of the files does to the gateway that runs.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../cli/support/failure.ts';
import { createBed } from './gateway-bed.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-gateway-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a change of the files under postern dev', () => {
  it('that changes nothing for the gateway is left to Wrangler', async () => {
    const { gateway, programs } = createBed(folder);
    await gateway.start();
    await gateway.followChange(['wrangler.toml']);
    expect(programs.length).toBe(1);
  });

  it('of what it is started with starts it again, with the same secret', async () => {
    const { gateway, programs, told, world, secretFile } = createBed(folder);
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
    const { gateway, programs } = createBed(folder);
    await gateway.start();
    await writeFile(join(folder, '.dev.vars'), 'UPSTREAM_SECRET=1');
    await gateway.followChange([]);
    await writeFile(join(folder, '.dev.vars'), 'UPSTREAM_SECRET=2');
    await gateway.followChange([]);
    expect(programs.length).toBe(3);
    expect(programs.flatMap(({ args }) => args).join(' ')).not.toContain('UPSTREAM_SECRET');
  });

  it('that can’t be read is said, and what runs goes on', async () => {
    const { gateway, programs, told, world } = createBed(folder);
    await gateway.start();
    world.look = async () => {
      throw new CommandError('half-written');
    };
    await gateway.followChange(['wrangler.toml']);
    expect(told).toEqual(['wrangler.toml: half-written']);
    expect(programs.length).toBe(1);
  });

  it('that meets a mistake of ours ends all of it, rather than leave the gateway to nobody', async () => {
    const { gateway, world } = createBed(folder);
    await gateway.start();
    world.look = async () => {
      throw new TypeError('a mistake');
    };
    await gateway.followChange(['wrangler.toml']);
    await expect(gateway.ended()).rejects.toThrow('a mistake');
  });

  it('while all of it ends starts nothing that nobody would end', async () => {
    const { gateway, programs, world, stopping } = createBed(folder);
    await gateway.start();
    world.port = 8788;
    world.onStop = () => stopping.abort();
    await gateway.followChange(['wrangler.toml']);
    expect(programs.length).toBe(1);
    await gateway.ended();
  });
});
