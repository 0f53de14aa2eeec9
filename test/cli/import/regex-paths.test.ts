// Paths that stand for a regular expression: what they open matches it, and what they close has every match.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathsOfRegex } from '../../../cli/import/paths/regex-paths.ts';
import { isMatch, parsePattern } from '../../../src/policy/path-pattern.ts';

describe('the paths of an expression', () => {
  it.each([
    ['^/public/', ['/public/*']],
    ['^/public/.*', ['/public/*']],
    ['^/public/.*$', ['/public/*']],
    ['^/public', ['/public*/*']],
    ['^/health$', ['/health']],
    ['^/(health|ready)$', ['/health', '/ready']],
    ['^/(?:a|b)/x', ['/a/x*/*', '/b/x*/*']],
    ['^/docs(/|$)', ['/docs/*', '/docs']],
    ['^/users/[^/]+/avatar$', ['/users/*/avatar']],
    ['^/v[12]/ping$', ['/v1/ping', '/v2/ping']],
    ['^/colou?r$', ['/colour', '/color']],
    ['^\\/static\\/', ['/static/*']],
    ['^/$', ['/']],
    ['^/', ['/*']],
    ['.*', ['/*']],
  ])('%s is exactly %j', (pattern, paths) => {
    expect(pathsOfRegex(pattern)).toMatchObject({ within: paths, isNarrow: false });
  });

  it.each([
    ['\\.png$', ['/*.png', '/*/*.png', '/*/*/*.png'], ['/*']],
    ['/hook', ['/hook*/*'], ['/*']],
    ['^/files/[0-9]+$', [], ['/files/*']],
    ['^/users/[^/]+$', [], ['/users/*']],
    ['^/a(?!b)', [], ['/*']],
    ['^/a.+$', [], ['/a*/*']],
    ['^/a(b', [], ['/*']],
    ['^/x/(y$|z)w', [], ['/*']],
    ['^/[^/]+/', [], ['/*/*']],
    ['^/.+', [], ['/*']],
  ])('%s is at least %j and at most %j', (pattern, within, around) => {
    expect(pathsOfRegex(pattern)).toMatchObject({ within, around });
    expect(pathsOfRegex(pattern).isExact).toBe(false);
  });

  const piece = fc.constantFrom(
    '/',
    'a',
    'b',
    'admin',
    '.',
    '\\.',
    '.*',
    '.+',
    '[^/]*',
    '[^/]+',
    '[ab]',
    '\\d+',
    '\\w',
    'a?',
    '(a|/b)',
    '(?:/a)*',
    'b{2}',
    '$',
    '^',
  );
  const pattern = fc
    .tuple(fc.constantFrom('', '^', '^/'), fc.array(piece, { maxLength: 6 }), fc.constantFrom('', '$'))
    .map(([start, pieces, end]) => start + pieces.join('') + end);
  const path = fc
    .array(fc.constantFrom('a', 'b', 'admin', 'aa', 'bb', 'b.a', '1', 'ab', 'adminx'), { maxLength: 5 })
    .map((segments) => `/${segments.join('/')}`);

  it.each([false, true])(
    'whatever the expression (of the whole path: %s): opened is what matches, closed at least that',
    (isWhole) => {
      fc.assert(
        fc.property(pattern, path, (source, asked) => {
          const expression = new RegExp(isWhole ? `^(?:${source})$` : source);
          const { within, around, isExact } = pathsOfRegex(source, { isWhole });
          const meets = (paths: readonly string[]) => paths.some((each) => isMatch(parsePattern(each), asked));
          // A rule does not tell /x from /x/, and /x/* has /x.
          const plain = asked.replace(/\/$/, '');
          const isFolder =
            plain !== '' &&
            within.some((each) => each.endsWith('/*') && isMatch(parsePattern(each.slice(0, -2)), plain)) &&
            expression.test(`${plain}/a`);
          const matches =
            expression.test(asked) ||
            expression.test(`${plain}/`) ||
            isFolder ||
            (plain !== '' && expression.test(plain));
          if (meets(within)) expect([source, asked, matches]).toEqual([source, asked, true]);
          if (expression.test(asked)) expect([source, asked, meets(around)]).toEqual([source, asked, true]);
          if (isExact) expect(within.toSorted()).toEqual(around.toSorted());
        }),
        { numRuns: 3000 },
      );
    },
  );
});
