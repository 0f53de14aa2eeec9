// What `npm pack` packs: all that an operator needs, nothing of this machine, and little of it.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFiles } from '../support/list-files.ts';
import { packRepository } from '../support/package.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Nearly half of it is the source map with its sources, which names lines in stack traces; `import`, with its reader of YAML and its pages, is a twelfth. */
const MOST_KIB = 1152;

describe('the package', () => {
  let place: string;
  let packed: ReturnType<typeof packRepository>;
  let unpacked: string;
  let initialiser: string;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'postern-tarball-'));
    [unpacked, initialiser] = [join(place, 'unpacked'), join(place, 'initialiser')];
    packed = packRepository(place);
    for (const [tarball, folder] of [
      [packed.postern, unpacked],
      [packed.create, initialiser],
    ] as const) {
      mkdirSync(folder);
      execFileSync('tar', ['xzf', tarball, '-C', folder, '--strip-components=1']);
    }
  }, 120_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('has the worker, the command, templates and documents, nothing else, and is small', () => {
    const files = listFiles(unpacked);
    const wanted = [
      'bin/postern.js',
      'dist/cli/postern.js',
      'dist/worker.js',
      'dist/worker.js.map',
      'dist/worker.d.ts',
      'dist/messages/zh-Hant.txt',
    ];
    expect(files).toEqual(expect.arrayContaining([...wanted, 'LICENSE', 'README.md', 'CHANGELOG.md', 'package.json']));
    const known =
      /^(?:bin\/postern\.js|dist\/cli\/[\w-]+\.js|dist\/(?:worker\.(?:js|js\.map|d\.ts)|[\w-]+\.js(?:on)?|messages\/[\w-]+\.txt)|docs\/(?:recipes\/)?[\w-]+\.(?:md|json)|examples\/(?:[\w-]+\/)*[\w-]+\.(?:md|py|php|html|css|toml|ya?ml|cfg|lua|java|properties|xml|conf(?:\.example)?)|examples\/forward-auth\/Caddyfile|templates\/operator\/.+|[A-Z]+(?:\.md)?|package\.json)$/;
    expect(files.filter((path) => !known.test(path))).toEqual([]);
    expect(statSync(packed.postern).size / 1024).toBeLessThan(MOST_KIB);
    const { dependencies, scripts, devDependencies } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
    expect({ dependencies, scripts, devDependencies }).toEqual({});
  });

  it('no file of it names a place on this machine, or holds a secret', () => {
    const places = [ROOT, place, tmpdir(), homedir()].filter((path) => path.length > 1);
    for (const path of listFiles(unpacked)) {
      const text = readFileSync(join(unpacked, path), 'utf8');
      // The documents may speak of /tmp in general.
      const named = places.filter(
        (each) => text.includes(`${each}/`) && !(path.startsWith('docs/') && each === tmpdir()),
      );
      expect([path, named]).toEqual([path, []]);
      expect([path, /PRIVATE KEY-----\s*[\w+/]{40}/.test(text)]).toEqual([path, false]);
    }
  });

  it('every link of its documents leads to a file of it', () => {
    const broken = listFiles(unpacked)
      .filter((path) => path.endsWith('.md') && !path.startsWith('templates/'))
      .flatMap((path) =>
        [...readFileSync(join(unpacked, path), 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
          .map(([, link = '']) => link)
          .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(unpacked, dirname(path), link)))
          .map((link) => `${path}: ${link}`),
      );
    expect(broken).toEqual([]);
  });

  it('without Wrangler beside it, it says where it is to be used', () => {
    const run = (...words: readonly string[]) =>
      spawnSync(process.execPath, [join(unpacked, 'bin/postern.js'), ...words], { cwd: place, encoding: 'utf8' });
    expect(run('version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^wrangler +none here$/m) });
    for (const words of [['doctor', '--local'], ['explain', '--all'], ['deploy', '--dry-run'], ['build'], ['dev']]) {
      const { status, stdout, stderr } = run(...words);
      expect([words, status === 0, stdout]).toEqual([words, false, '']);
      expect(stderr).toContain('there is no Wrangler beside Postern');
      expect(stderr).toContain('npx postern init my-gateway');
      expect(stderr).not.toContain('a mistake in the command');
    }
  });

  it('the initialiser is its one program, and what npm says of it', () => {
    expect(listFiles(initialiser)).toEqual(['README.md', 'index.js', 'package.json']);
  });
});
