// Whatever a comment, a test's title or a document cites is in the repository, or is a section of a specification.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../support/list-files.ts';
import { anchorsOf, type Citable, findLost, readContract } from './citations.ts';

const FOLDERS = [
  ...['.ci', '.github', 'bench', 'bin', 'build', 'cli', 'compat', 'create-postern', 'demo', 'docs', 'examples', 'src'],
  ...['stand-in', 'templates', 'test'],
];
const ROOT_FILES = [
  ...['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'README.md', 'SECURITY.md', 'biome.json', 'package.json'],
  ...['stryker.config.mjs', 'vitest.config.ts', 'wrangler.toml', '.dev.vars.example', 'LICENSE'],
];
/** What was released says what it said; and here are the examples of what leads nowhere. */
const NOT_READ = /^test\/fixtures\/|^test\/house\/citations|__pycache__|node_modules/;

const FILES = [
  ...ROOT_FILES.filter((file) => existsSync(file)),
  ...FOLDERS.flatMap((folder) => listFiles(folder).map((file) => join(folder, file))),
];
const PAGES = FILES.filter(
  (path) => /\.(?:ts|md|mjs|js|grit|sh|toml|yml|py|php|html)$|^\.ci\/run$/.test(path) && !NOT_READ.test(path),
).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const CONTRACT = readFileSync('ARCHITECTURE.md', 'utf8');
const CITABLE: Citable = {
  ...readContract(CONTRACT),
  files: new Set(FILES),
  anchors: new Map(PAGES.filter(({ path }) => path.endsWith('.md')).map(({ path, text }) => [path, anchorsOf(text)])),
};

describe('citations', () => {
  it('the contract has seven sections and twelve promises', () => {
    expect([...CITABLE.sections]).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect([...CITABLE.promises]).toEqual(Array.from({ length: 12 }, (_, i) => String(i + 1)));
  });

  it('every one of them in the repository leads somewhere', () => {
    const lost = PAGES.flatMap((page) => findLost(page, CITABLE).map((citation) => `${page.path}: ${citation}`));
    expect(PAGES.length).toBeGreaterThan(700);
    expect(lost).toEqual([]);
  });

  it.each([
    ...['ARCHITECTURE §8', 'ARCHITECTURE §1, §12', 'ARCHITECTURE.md §5.4', 'ARCHITECTURE §3 and §9'],
    ...['promise 13', 'Promises 1, 2 and 14', 'promises 9 to 13', 'promise 0', 'promises 11–13'],
    ...['RFC6749 §4', 'RFC 6749, section 4.1', 'rfc 6749', 'RFC-6749', 'RFC 6749 § 4', 'RFC 6749 §4..1', 'RFC 6749 §'],
    ...[
      'Design §3',
      'design promise 4',
      'House-style rule 5',
      'House style rule 8',
      'Issue 6',
      'Issue "who may"',
      'issues 3',
      'issue #12',
    ],
    ...['src/gone.ts says why', 'see gone.ts', '../gone.ts', 'docs/gone.md', 'zitadel.md: projects', 'gate/gone.ts.'],
  ])('%j leads nowhere', (citation) => {
    expect(findLost({ path: 'src/gate/x.ts', text: `// ${citation}\n` }, CITABLE)).toHaveLength(1);
    expect(findLost({ path: 'src/gate/x.ts', text: `/** ${citation} */\n` }, CITABLE)).toHaveLength(1);
  });

  it.each([
    ...['ARCHITECTURE §3', 'ARCHITECTURE §1 Routes, §3; RFC 9470 (step-up).', 'ARCHITECTURE §2 and §3.'],
    ...[
      'promise 4',
      'Promises 1, 2 and 5',
      'promises 1 to 6 and 10',
      'a promise of 20 things',
      'promises 2, 30% of them',
    ],
    ...['RFC 6749 §4.1.2', 'RFC 6265bis §5.7', 'RFC 8017 §A.1.', 'RFC 7519, RFC 8725', 'RFC 9110 §5.1, §5.5'],
    ...[
      'errors.ts',
      'src/errors.ts',
      '../errors.ts',
      'docs/routes.md says why',
      'bearer/pause.ts',
      'the issue of a token',
    ],
    ...['node_modules/.bin/node FILE.ts', 'https://www.rfc-editor.org/rfc/rfc6749'],
  ])('%j leads somewhere', (citation) => {
    expect(findLost({ path: 'src/gate/x.ts', text: `// ${citation}\n` }, CITABLE)).toEqual([]);
  });

  it.each([
    ['a link to a page', '[a](gone.md)'],
    ['a link to a heading', '[a](routes.md#gone)'],
    ['a link to a heading of the page', '[a](#gone)'],
    ['a path in code', '`src/gone.ts`'],
    ['a folder in code', '`test/gone/`'],
  ])('a document: %s that is not there', (_, text) => {
    expect(findLost({ path: 'docs/x.md', text }, CITABLE)).toHaveLength(1);
  });

  it.each([
    ...['[a](routes.md)', '[a](routes.md#one-request-every-reading)', '[a](../ARCHITECTURE.md#5-promises)'],
    ...[
      '[a](https://example.com/gone.md)',
      '`src/config/`',
      '`src/errors.ts`',
      '`cli/NAME.ts`',
      '```\n[a](gone.md)\n```',
    ],
  ])('a document: %j is there', (text) => {
    expect(findLost({ path: 'docs/x.md', text }, CITABLE)).toEqual([]);
  });
});
