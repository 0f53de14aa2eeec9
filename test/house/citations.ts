// What comments, titles and documents refer to, and whether it is there: sections, promises, RFCs, files, links.

import { dirname, join, normalize } from 'node:path';

export interface Page {
  readonly path: string;
  readonly text: string;
}

export interface Citable {
  readonly sections: ReadonlySet<string>;
  readonly promises: ReadonlySet<string>;
  /** From the top of the repository. */
  readonly files: ReadonlySet<string>;
  /** What a link to a page can point at, by the page's path. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Texts that nobody who has the repository has. */
const ELSEWHERE =
  /\bdesign(?:\.md)? (?:§|promise)|\bhouse-style|\bhouse style rule|\bissues? (?:#?\d|"[a-z])|collected advisories|checklist point/gi;
/** `4`, `1, 2 and 5`, `1 to 6`; a percentage is none. */
const LIST = String.raw`(\d+(?:\.\d+)*(?:(?:, (?:and )?| and | to |–)SIGN\d+(?:\.\d+)*(?![\d%]))*)`;
const SECTIONS = new RegExp(`ARCHITECTURE(?:\\.md)? §${LIST.replace('SIGN', '§')}`, 'g');
const PROMISES = new RegExp(`\\bpromises? ${LIST.replace('SIGN', '')}`, 'gi');
/** However somebody may write one, and a section behind it. */
const RFC = /\bRFC[\s-]*\d+\w*(?:,? ?(?:§|section|sec\.) ?[\w.]*)?/gi;
const RFC_SHAPE = /^RFC \d{3,5}(?:bis)?(?: §(?:\d+|[A-Z])(?:\.\d+)*\.?)?$/;
const FOLDERS = 'src|cli|build|bench|demo|stand-in|test|docs|examples|create-postern|templates|\\.ci';

/** What ARCHITECTURE.md has, by its headings and the numbers of its list. */
export function readContract(text: string): Pick<Citable, 'sections' | 'promises'> {
  const sections = [...text.matchAll(/^## (\d+)\. /gm)].map(([, number = '']) => number);
  const list = /^## 5\. [\s\S]*?(?=^## )/m.exec(text)?.[0] ?? '';
  const promises = [...list.matchAll(/^(\d+)\. \*\*/gm)].map(([, number = '']) => number);
  return { sections: new Set(sections), promises: new Set(promises) };
}

/** Everything on a page that leads nowhere. */
export function findLost(page: Page, citable: Citable): readonly string[] {
  const { path, text } = page;
  const isDocument = path.endsWith('.md');
  // Examples speak of their own folders, and of the reader's.
  const prose = isDocument && !path.startsWith('examples/') ? text : '';
  const names = isDocument ? pathsIn(prose) : commentsOf(text).flatMap(filesIn);
  return [
    ...[...text.matchAll(ELSEWHERE)].map(([whole]) => `${whole}: not in the repository`),
    ...lostNumbers(text, SECTIONS, citable.sections),
    ...lostNumbers(text, PROMISES, citable.promises),
    ...lostRfcs(text),
    ...names.filter((name) => !isThere(name, path, citable.files)),
    ...(isDocument ? linksIn(text).filter((link) => !leadsSomewhere(link, path, citable)) : []),
  ];
}

function lostNumbers(text: string, pattern: RegExp, known: ReadonlySet<string>): readonly string[] {
  const found = [...text.matchAll(pattern)];
  return found.filter(([, list = '']) => !expand(list).every((number) => known.has(number))).map(([whole]) => whole);
}

/** `1 to 4` are four. */
function expand(list: string): readonly string[] {
  const parts = list.replaceAll('§', '').split(/, (?:and )?| and /);
  return parts.flatMap((part) => {
    const [first = '', last = first] = part.split(/ to |–/);
    if (!/^\d+$/.test(first + last)) return [part];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => String(Number(first) + i));
  });
}

function lostRfcs(text: string): readonly string[] {
  const withoutNames = text.replace(/\bhttps?:\/\/\S+|[\w./-]*rfc\d+\.test\.ts/gi, '');
  return [...withoutNames.matchAll(RFC)].map(([whole]) => whole).filter((whole) => !RFC_SHAPE.test(whole));
}

/** Lines of comment, and what stands behind code. */
export function commentsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\s)\/\/ (.*)$|^\s*\/?\*+ (.*)$/gm)].map(([, line, block]) => line ?? block ?? '');
}

/** Names of sources and documents in a comment, with or without their folder. */
function filesIn(comment: string): readonly string[] {
  const found = comment.matchAll(
    /(?<![\w.@/:$*{<-])((?:\.{1,2}\/)*(?:[\w.-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|md|grit|mjs))(?![\w/(])/g,
  );
  return [...found].map(([, name = '']) => name).filter((name) => !isOfAReader(name));
}

/** In a document, paths in code that begin with one of our folders. */
function pathsIn(text: string): readonly string[] {
  const found = text.matchAll(new RegExp(`\`((?:${FOLDERS})/[\\w./-]*)\``, 'g'));
  return [...found].map(([, name = '']) => name).filter((name) => !isOfAReader(name));
}

/** `FILE.ts` stands for a name that the reader puts in. */
const isOfAReader = (name: string): boolean => /\b(?:NAME|FILE)\b|release-\d|node_modules/.test(name);

function linksIn(text: string): readonly string[] {
  const links = withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link) && !isOfAReader(link));
}

function leadsSomewhere(link: string, from: string, { files, anchors }: Citable): boolean {
  const [file = '', anchor] = link.split('#');
  const page = file === '' ? from : trimmed(join(dirname(from), file));
  if (!hasPath(files, page)) return false;
  return anchor === undefined || !page.endsWith('.md') || anchors.get(page)?.has(anchor) === true;
}

/** As GitHub makes them of headings. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase());
  return new Set(headings.map((heading) => heading.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-')));
}

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** From beside the page, from the top, or, as comments name files of one folder, by the end of its path. */
function isThere(name: string, from: string, files: ReadonlySet<string>): boolean {
  if (hasPath(files, trimmed(name)) || hasPath(files, trimmed(join(dirname(from), name)))) return true;
  return !from.endsWith('.md') && [...files].some((known) => known.endsWith(`/${name}`));
}

/** As a file, or as a folder with something in it. */
const hasPath = (files: ReadonlySet<string>, path: string): boolean =>
  files.has(path) || [...files].some((known) => known.startsWith(`${path}/`));

const trimmed = (path: string): string => normalize(path).replace(/\/$/, '');
