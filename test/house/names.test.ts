// A name that a stranger searches for leads to one place: what the worker's files export is named once.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readSources } from './source.ts';

const EXPORTED = /^export (?:abstract |async )*(?:function|class|interface|type|const) (\w+)/gm;

it('no two files of the worker export the same name', () => {
  const places = readSources('src').flatMap(({ path }) =>
    [...readFileSync(path, 'utf8').matchAll(EXPORTED)].map(([, name = '']) => ({ name, path })),
  );
  expect(places.length).toBeGreaterThan(300);
  const twins = [...Map.groupBy(places, ({ name }) => name)].filter(([, { length }]) => length > 1);
  expect(twins.map(([name, found]) => `${name}: ${found.map(({ path }) => path).join(', ')}`)).toEqual([]);
});
