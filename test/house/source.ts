// The sources of the worker as the house's rules see them: what each file imports, and how long its functions are.

import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';
import { listFiles } from '../support/list-files.ts';

export interface Import {
  /** A path from the top of the repository, or the name of a library. */
  readonly from: string;
  /** Nothing of it is there when the program runs. */
  readonly isType: boolean;
}

export interface Routine {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly parameters: number;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly routines: readonly Routine[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const ROUTINES = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

export function readSources(folder: string): readonly SourceFile[] {
  return listFiles(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))
    .map((path) => parseSource(path, readFileSync(path, 'utf8')));
}

export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const routines: Routine[] = [];
  visit(program as unknown as Node, undefined, (node, parent) => {
    const source = sourceOf(node);
    if (source !== undefined) imports.push({ from: resolve(path, source), isType: isOfTypes(node) });
    if (ROUTINES.includes(node.type)) routines.push(measure(node, parent, text));
  });
  return { path, lines: text.trimEnd().split('\n').length, imports, routines };
}

/** Each node, with the one it stands in. */
function visit(value: unknown, parent: Node | undefined, see: (node: Node, parent: Node | undefined) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, parent, see);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const node = value as Node;
  const isNode = typeof node.type === 'string';
  if (isNode) see(node, parent);
  for (const field of Object.values(node)) visit(field, isNode ? node : parent, see);
}

/** What a file is taken from: `import`, `export … from`, `import()` and `import('…')` among types. */
function sourceOf(node: Node): string | undefined {
  if (!/^(?:Import(?:Declaration|Expression)|TSImportType|Export(?:Named|All)Declaration)$/.test(node.type))
    return undefined;
  const source = (node['source'] ?? node['argument']) as { value?: unknown; literal?: { value?: unknown } } | null;
  const value = source?.value ?? source?.literal?.value;
  return typeof value === 'string' ? value : undefined;
}

function isOfTypes(node: Node): boolean {
  if (node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = (node['specifiers'] ?? []) as readonly Node[];
  return specifiers.length > 0 && specifiers.every((one) => (one['importKind'] ?? one['exportKind']) === 'type');
}

function measure(node: Node, parent: Node | undefined, text: string): Routine {
  const named = [node['id'], parent?.['id'], parent?.['key']] as ({ name?: string } | null | undefined)[];
  return {
    name: named.map((one) => one?.name).find((name) => name !== undefined) ?? '(anonymous)',
    line: text.slice(0, node.start).split('\n').length,
    lines: text.slice(node.start, node.end).split('\n').length,
    parameters: (node['params'] as readonly unknown[]).length,
  };
}

const resolve = (path: string, source: string): string =>
  source.startsWith('.') ? normalize(join(dirname(path), source)) : source;
