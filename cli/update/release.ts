// What a release says of itself in dist/schema.json: its settings, and what it was built and tested for.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../support/failure.ts';

export interface Setting {
  /** var, secret, list or table; of a route's field `field`, of a site's `site field`, of a binding `binding`. */
  readonly kind: string;
  readonly isRequired: boolean;
  /** As text; missing where there is none, or where it depends on other settings. */
  readonly default?: string;
}

export type Settings = Readonly<Record<string, Setting>>;
type Names = Readonly<Record<string, string>>;

/** A [[migrations]] of wrangler.toml, as it stands there. */
export interface Migration {
  readonly tag: string;
  readonly [field: string]: unknown;
}

export interface Release {
  /** Of this description. */
  readonly format: 1;
  readonly version: string;
  readonly variables: Settings;
  readonly fields: Settings;
  /** Of a site; an older release has none. */
  readonly siteFields?: Settings;
  readonly bindings: Settings;
  /** Old name → new name; the old one still counts. */
  readonly renamed: { readonly variables: Names; readonly fields: Names; readonly siteFields?: Names };
  readonly compatibilityDate: string;
  readonly migrations: readonly Migration[];
  /** Versions that it was tested with. */
  readonly tools: { readonly wrangler: string; readonly node: string };
}

export const RELEASE_FILE = 'dist/schema.json';

/** `undefined`: a package that does not say. */
export async function loadRelease(folder: string): Promise<Release | undefined> {
  try {
    return parseRelease(await readFile(join(folder, RELEASE_FILE), 'utf8'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

export function parseRelease(text: string): Release {
  const release = JSON.parse(text) as Release;
  if (release.format === 1) return release;
  throw new CommandError(`${RELEASE_FILE} is of a format that this version does not know: ${release.format}`, {
    hints: ['update to a version in between first'],
  });
}
