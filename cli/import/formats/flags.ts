// Options as programs get them: flags of a command line, of a unit or a manifest, and variables of an environment.

import { isTable } from '../../../src/config/values.ts';

/** One that was given, by its name as it was written. A flag without a value is `true`. */
export interface Given {
  readonly name: string;
  readonly value: string | true;
}

/** A shell's words: quotes are taken away, a comment and a line's end that is escaped too. */
export function splitWords(text: string): readonly string[] {
  const joined = text.replace(/\\\r?\n/g, ' ');
  const words: string[] = [];
  for (const line of joined.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line)) continue;
    const found = line.matchAll(/(?:[^\s"'\\]|\\.|"(?:\\.|[^"\\])*"|'[^']*')+/g);
    for (const [word] of found) {
      if (word.startsWith('#')) break;
      words.push(
        word.replace(
          /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
          (_, double, single, sign) => double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? sign ?? '',
        ),
      );
    }
  }
  return words;
}

/** `--name=value`, `--name value`, `-name=value`; what begins with no hyphen belongs to the flag before it. */
export function readFlags(words: readonly string[]): readonly Given[] {
  const given: Given[] = [];
  for (const [index, word] of words.entries()) {
    const found = /^--?([A-Za-z][\w.-]*)(?:=([\s\S]*))?$/.exec(word);
    if (!found) continue;
    const next = words[index + 1];
    const isFlag = next === undefined || /^--?[A-Za-z]/.test(next);
    given.push({ name: found[1] ?? '', value: found[2] ?? (isFlag ? true : next) });
  }
  return given;
}

/** Variables that begin so, without that beginning: `PREFIX_NAME=value`, `export …`, `Environment="…"`. */
export function readEnvironment(words: readonly string[], prefix: string): readonly Given[] {
  const pattern = new RegExp(`^(?:Environment=)?"?${prefix}(\\w+)=([\\s\\S]*?)"?$`);
  return words.flatMap((word) => {
    const found = pattern.exec(word);
    return found ? [{ name: found[1] ?? '', value: found[2] ?? '' }] : [];
  });
}

export interface Manifest {
  readonly flags: readonly Given[];
  readonly environment: readonly Given[];
  /** Texts of several lines, which may be files of their own (ConfigMaps, chart values). */
  readonly texts: readonly string[];
  /** How many lists of words have flags of the program that is looked for. */
  readonly programs: number;
}

/** Where a value comes from elsewhere, such as a manifest's secret: nobody has a role or an address of this name. */
const ELSEWHERE = '$(given elsewhere)';

/** All of it that a manifest has anywhere: lists of arguments, `environment`, `{ name, value }`, `extraArgs`. */
export function readManifest(tree: unknown, prefix: string, program: RegExp): Manifest {
  const words: string[] = [];
  const flags: Given[] = [];
  const environment: Given[] = [];
  const texts: string[] = [];
  let programs = 0;
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (value.trim().includes('\n') && !/^(?:args|command)$/.test(key)) texts.push(value);
      else words.push(...(key === 'command' || key === 'args' ? splitWords(value) : [value]));
    } else if (Array.isArray(value)) {
      if (value.some((each) => typeof each === 'string' && program.test(each))) programs += 1;
      for (const each of value) visit(each, key);
    } else if (isTable(value)) {
      visitTable(value, key);
    }
  };
  const visitTable = (table: Readonly<Record<string, unknown>>, key: string): void => {
    const { name, value } = table;
    if (typeof name === 'string' && name.startsWith(prefix))
      environment.push({
        name: name.slice(prefix.length),
        value: value === undefined || value === null ? ELSEWHERE : String(value),
      });
    for (const [each, inner] of Object.entries(table)) {
      if (key === 'extraArgs') flags.push(...argumentsOf(each, inner));
      else if (each.startsWith(prefix))
        environment.push({ name: each.slice(prefix.length), value: inner === null ? ELSEWHERE : String(inner) });
      else visit(inner, each);
    }
  };
  visit(tree, '');
  return {
    flags: [...readFlags(words), ...flags],
    environment: [...environment, ...readEnvironment(words, prefix)],
    texts,
    programs,
  };
}

const argumentsOf = (name: string, value: unknown): readonly Given[] =>
  (Array.isArray(value) ? value : [value]).map((each) => ({
    name,
    value: each === '' || each === null ? true : String(each),
  }));
