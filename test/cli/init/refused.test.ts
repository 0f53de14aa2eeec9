// `postern init`: what is refused, and that nothing is ever written over.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { init, ROOT, read } from './bed.ts';

let place: string;
let gateway: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'postern-init-'));
  gateway = join(place, 'my-gateway');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('postern init refuses', () => {
  it.each<[string, (folder: string) => void, RegExp]>([
    ['a folder with a file', (folder) => writeFileSync(join(folder, 'notes.txt'), 'mine'), /notes\.txt/],
    ['a folder with a hidden file', (folder) => writeFileSync(join(folder, '.env'), 'mine'), /\.env/],
    ['a folder with a folder', (folder) => mkdirSync(join(folder, 'src')), /src/],
    [
      'a folder with a link that leads nowhere',
      (folder) => symlinkSync('nowhere', join(folder, 'README.md')),
      /README\.md/,
    ],
    [
      'a folder with several',
      (folder) => void ['a', 'b', 'c'].map((name) => mkdirSync(join(folder, name))),
      /a and 2 more/,
    ],
  ])('%s, names what is in the way, and writes nothing', async (_, fill, named) => {
    mkdirSync(gateway);
    fill(gateway);
    const before = readdirSync(gateway);
    const { code, told, calls } = await init([gateway]);
    expect(code).toBe(1);
    expect(told).toMatch(named);
    expect(readdirSync(gateway)).toEqual(before);
    expect(calls).toEqual([]);
  });

  it('a path that is a file, or leads through one', async () => {
    writeFileSync(gateway, 'mine');
    for (const path of [gateway, join(gateway, 'below')]) {
      const { code, told } = await init([path]);
      expect([code, told]).toEqual([1, expect.stringContaining('nothing was written')]);
    }
    expect(read(gateway)).toBe('mine');
  });

  it.each([
    ['no folder', []],
    ['two folders', ['one', 'two']],
    ['a worker’s name with capitals', ['g', '--name', 'Gateway']],
    ['a worker’s name that is too long', ['g', '--name', 'a'.repeat(55)]],
    ['an empty name', ['g', '--name=']],
    ['plain HTTP in public', ['g', '--url', 'http://app.example.com']],
    ['a public URL with a query', ['g', '--url', 'https://app.example.com/auth/callback?x=1']],
    ['a callback that is another of the endpoints', ['g', '--url', 'https://app.example.com/auth/logout']],
    ['a callback with an encoded path', ['g', '--url', 'https://app.example.com/a%20b/callback']],
    ['an issuer with a path', ['g', '--domain', 'https://zitadel.example/ui']],
    ['an issuer on plain HTTP', ['g', '--domain', 'http://zitadel.example']],
    ['an upstream that is no URL', ['g', '--upstream', 'app-origin']],
    ['an upstream with a query', ['g', '--upstream', 'https://app.example/?x']],
    ['an upstream with a password', ['g', '--upstream', 'https://a:b@app.example']],
    ['a tarball that is not there', ['g', '--package', './postern-9.9.9.tgz']],
    ['a file that is no tarball', ['g', '--package', join(ROOT, 'README.md')]],
    ['an empty package', ['g', '--package', ' ']],
    ['a flag that nobody knows', ['g', '--force']],
  ])('%s with exit code 2, before anything is written', async (_, args) => {
    const [folder, ...flags] = args;
    const given = folder === 'g' ? [gateway, ...flags] : args.map((name) => join(place, name));
    const { code } = await init(given);
    expect(code).toBe(2);
    expect(readdirSync(place)).toEqual([]);
  });
});
