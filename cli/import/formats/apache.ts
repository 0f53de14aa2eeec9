// Apache's configuration as a tree: directives and sections, with what they include. Nothing is judged here.
// httpd: Configuration Files (continued lines, quotes), Include, Define, IfModule.

import type { Reader } from '../draft.ts';

export interface Directive {
  /** In lower case. */
  readonly name: string;
  /** As it was written. */
  readonly title: string;
  readonly args: readonly string[];
  /** Of a section. */
  readonly body?: readonly Directive[];
}

export interface ApacheFile {
  readonly directives: readonly Directive[];
  /** Includes that can't be read, sections that depend on what nobody knows here. */
  readonly unknown: readonly string[];
}

/** Their bodies count as if they stood outside: what a module is missing for would not start. */
const TRANSPARENT = /^if(?:module|version|define|file|directive|section)$/;

export function parseApache(text: string, reader: Reader): ApacheFile {
  const unknown: string[] = [];
  const defined = new Map<string, string>();
  const parse = (source: string, depth: number): readonly Directive[] => {
    const stack: { directive: Directive; body: Directive[] }[] = [];
    const top: Directive[] = [];
    for (const line of linesOf(source)) {
      const words = argumentsOf(line).map((word) =>
        word.replace(/\$\{(\w+)\}/g, (whole, name) => defined.get(name) ?? whole),
      );
      const body = stack.at(-1)?.body ?? top;
      const closing = /^<\/\s*(\w+)/.exec(line);
      const opening = /^<\s*(\w+)\s*(.*?)\s*>\s*$/s.exec(line);
      if (closing) {
        const ended = stack.pop();
        if (ended) (stack.at(-1)?.body ?? top).push(...unwrap(ended, unknown));
      } else if (opening) {
        const [, title = '', rest = ''] = opening;
        stack.push({ directive: { name: title.toLowerCase(), title, args: argumentsOf(rest) }, body: [] });
      } else {
        const [title = '', ...args] = words;
        const name = title.toLowerCase();
        if (name === 'define') defined.set(args[0] ?? '', args[1] ?? '');
        else if (/^include(?:optional)?$/.test(name))
          body.push(...include(args[0] ?? '', { name, depth, parse, reader, unknown }));
        else if (name === 'use') unknown.push(`macro ${args[0] ?? ''}`);
        else if (title !== '') body.push({ name, title, args });
      }
    }
    return [...top, ...stack.flatMap(({ directive, body }) => [{ ...directive, body }])];
  };
  return { directives: parse(text, 0), unknown };
}

function unwrap(
  { directive, body }: { directive: Directive; body: readonly Directive[] },
  unknown: string[],
): readonly Directive[] {
  const isNegated = directive.args[0]?.startsWith('!') === true;
  if (TRANSPARENT.test(directive.name) && !isNegated) return body;
  if (TRANSPARENT.test(directive.name) || /^(?:if|elseif|else|macro)$/.test(directive.name)) {
    unknown.push(`<${directive.title}> with ${[...new Set(body.map(({ title }) => title))].join(', ')}`);
    return [];
  }
  return [{ ...directive, body }];
}

interface Including {
  readonly name: string;
  readonly depth: number;
  readonly parse: (source: string, depth: number) => readonly Directive[];
  readonly reader: Reader;
  readonly unknown: string[];
}

function include(pattern: string, { name, depth, parse, reader, unknown }: Including): readonly Directive[] {
  const files = depth > 10 ? undefined : reader.listNamed(pattern);
  if (files === undefined || (files.length === 0 && name === 'include')) {
    unknown.push(`Include ${pattern}`);
    return [];
  }
  if (files.length === 0) unknown.push(`IncludeOptional ${pattern}`);
  return files.flatMap((file) => {
    const text = reader.readNamed(file);
    if (text === undefined) unknown.push(`Include ${file}`);
    return text === undefined ? [] : parse(text, depth + 1);
  });
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

const argumentsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double?.replace(/\\(["\\])/g, '$1') ?? single ?? plain ?? '',
  );
