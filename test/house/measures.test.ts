// How large a file, a folder and a function of the worker may be, so that a stranger finds the one place to change.

import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSource, readSources } from './source.ts';

const MOST = {
  filesInFolder: 16,
  linesOfFile: 200,
  /** Files and libraries that it takes something from. */
  importsOfFile: 12,
  linesOfFunction: 40,
  longFunctions: 5,
  parameters: 4,
  functionsWithMore: 1,
};

/** Lists of things that belong together, each in a file of its own. */
const FOLDERS_OF_LISTS = ['src/config', 'src/pages'];
/** What puts everything else together. */
const WIRING = ['src/app.ts', 'src/gateway.ts'];

const SOURCES = readSources('src');

describe('the measures', () => {
  it('a source is read with its imports and its functions', () => {
    const text = `import type { A } from './a.ts';
import { type B, b } from '../b.ts';
export const c = (one: A, two: B) => {
  return { d(three: typeof import('./e.ts')) { return [one, two, three, b]; } };
};
`;
    expect(parseSource('src/x/y.ts', text)).toEqual({
      path: 'src/x/y.ts',
      lines: 5,
      imports: [
        { from: 'src/x/a.ts', isType: true },
        { from: 'src/b.ts', isType: false },
        { from: 'src/x/e.ts', isType: true },
      ],
      routines: [
        { name: 'c', line: 3, lines: 3, parameters: 2 },
        { name: 'd', line: 4, lines: 1, parameters: 1 },
      ],
    });
  });

  it(`a folder has at most ${MOST.filesInFolder} files`, () => {
    const counts = Map.groupBy(SOURCES, ({ path }) => dirname(path));
    const crowded = [...counts].filter(([folder, files]) => {
      return files.length > MOST.filesInFolder && !FOLDERS_OF_LISTS.some((list) => folder.startsWith(list));
    });
    expect(crowded.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
  });

  it(`a file has at most ${MOST.linesOfFile} lines`, () => {
    const long = SOURCES.filter(({ lines }) => lines > MOST.linesOfFile);
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it(`a file has at most ${MOST.importsOfFile} imports, apart from the two that wire`, () => {
    const counts = SOURCES.map(({ path, imports }) => {
      // Texts are data: languages.ts loads one for each language.
      const modules = imports.map(({ from }) => from).filter((from) => !from.endsWith('.txt'));
      return [path, new Set(modules).size] as const;
    });
    const many = counts.filter(([path, count]) => count > MOST.importsOfFile && !WIRING.includes(path));
    expect(many.map(([path, count]) => `${path}: ${count}`)).toEqual([]);
  });

  it(`at most ${MOST.longFunctions} functions have more than ${MOST.linesOfFunction} lines`, () => {
    const long = functionsOf(({ lines }) => (lines > MOST.linesOfFunction ? lines : undefined));
    expect(long.length, long.join('\n')).toBeLessThanOrEqual(MOST.longFunctions);
  });

  it(`at most ${MOST.functionsWithMore} function has more than ${MOST.parameters} parameters`, () => {
    const many = functionsOf(({ parameters }) => (parameters > MOST.parameters ? parameters : undefined));
    expect(many.length, many.join('\n')).toBeLessThanOrEqual(MOST.functionsWithMore);
  });
});

function functionsOf(measure: (routine: (typeof SOURCES)[number]['routines'][number]) => number | undefined) {
  return SOURCES.flatMap(({ path, routines }) =>
    routines.flatMap((routine) => {
      const measured = measure(routine);
      return measured === undefined ? [] : [`${path}:${routine.line} ${routine.name}: ${measured}`];
    }),
  );
}
