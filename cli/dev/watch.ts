// Files that are looked at twice a second, there or not: what a running gateway depends on changes, appears or goes.

import { unwatchFile, watchFile } from 'node:fs';

/** Milliseconds: between two looks, and how long all has to stay as it is before a change is followed. */
const INTERVAL = 500;
const QUIET = 1_000;

/** Several that change together (setup writes two) are one change. Returns what ends it. */
export function watchFiles(paths: readonly string[], follow: (paths: readonly string[]) => Promise<void>): () => void {
  const changed = new Set<string>();
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const settle = () => {
    const all = [...changed];
    changed.clear();
    last = last.then(() => follow(all));
  };
  for (const path of paths) {
    watchFile(path, { interval: INTERVAL, persistent: false }, (now, before) => {
      if (now.mtimeMs === before.mtimeMs && now.ino === before.ino) return;
      changed.add(path);
      clearTimeout(timer);
      timer = setTimeout(settle, QUIET);
    });
  }
  return () => {
    clearTimeout(timer);
    for (const path of paths) unwatchFile(path);
  };
}
