// What package-lock.json holds: which entries there are, and which a platform would be missing.
// Format: lockfileVersion 3 of npm.

import { readFileSync } from 'node:fs';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export type Lock = Readonly<Record<string, Entry>>;

export function loadLock(path: string | URL): Lock {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** Optional dependencies without an entry where Node would look for them: on their platform they would not be installed. */
export function findMissing(lock: Lock): readonly string[] {
  return Object.entries(lock).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !placesFor(place, name).some((candidate) => lock[candidate] !== undefined))
      .map((name) => `${name} of ${place === '' ? 'the project' : place}`),
  );
}

/** Entries that nothing could be compared with when they are downloaded. */
export function findUnverifiable(lock: Lock): readonly string[] {
  return Object.entries(lock).flatMap(([place, { integrity }]) =>
    place === '' || integrity?.startsWith('sha512-') ? [] : [place],
  );
}

/** npm 11 writes `libc`, npm 10 takes it away: an entry with it makes one of the two change the file. */
export function findContested(lock: Lock): readonly string[] {
  return Object.entries(lock).flatMap(([place, { libc }]) => (libc === undefined ? [] : [place]));
}

function placesFor(place: string, name: string): readonly string[] {
  const folders = place === '' ? [] : [place];
  for (let at = place.lastIndexOf('/node_modules/'); at > 0; at = place.lastIndexOf('/node_modules/', at - 1))
    folders.push(place.slice(0, at));
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}
