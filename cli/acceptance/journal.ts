// What a run has made at ZITADEL, in a file from the first moment: a run that was killed can be cleaned up by it.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson, readText } from '../zitadel-api/json.ts';

export const PREFIX = 'postern-acceptance-';

export type Kind = 'project' | 'user' | 'session' | 'web key';

export interface Made {
  readonly kind: Kind;
  readonly id: string;
}

export interface RunRecord {
  readonly issuer: string;
  /** Every name that this run gives begins with it, and no other run's does. */
  readonly name: string;
  readonly made: readonly Made[];
  /** The key that signed before this run made its own. */
  readonly formerKey?: string | undefined;
}

export interface Journal {
  readonly folder: string;
  readonly record: RunRecord;
  add(made: Made): Promise<void>;
  rememberKey(id: string): Promise<void>;
}

const FILE = 'journal.json';

/** Where runs keep their things, below the folder of the command. */
export const runsFolder = (): string => join(process.cwd(), '.postern/acceptance');

export async function startJournal(issuer: string, name: string): Promise<Journal> {
  const folder = join(runsFolder(), name);
  // Keys and secrets are kept there while it runs
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let record: RunRecord = { issuer, name, made: [] };
  let written = Promise.resolve();
  const write = (next: RunRecord): Promise<void> => {
    record = next;
    written = written.then(() => writeFile(join(folder, FILE), `${JSON.stringify(next, null, 2)}\n`));
    return written;
  };
  await write(record);
  return {
    folder,
    get record() {
      return record;
    },
    add: (made) => write({ ...record, made: [...record.made, made] }),
    rememberKey: (id) => write({ ...record, formerKey: record.formerKey ?? id }),
  };
}

export interface Found {
  readonly folder: string;
  readonly record: RunRecord;
}

/** Of runs against this issuer that did not clean up behind themselves. */
export async function findJournals(issuer: string): Promise<readonly Found[]> {
  const names = await readdir(runsFolder()).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(runsFolder(), name);
      const record = parseRecord(await readFile(join(folder, FILE), 'utf8').catch(() => ''));
      return record && { folder, record };
    }),
  );
  return found.filter((each) => each !== undefined).filter(({ record }) => record.issuer === issuer);
}

function parseRecord(text: string): RunRecord | undefined {
  const record = parseJson(text);
  const isOurs = readText(record, 'name').startsWith(PREFIX) && readText(record, 'issuer') !== '';
  return isOurs ? (record as unknown as RunRecord) : undefined;
}
