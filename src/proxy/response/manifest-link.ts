// Finds the link to a page's web app manifest while the page goes by, and says how to put `crossorigin` on it.
// HTML §13.2.5 (tokenization), as far as it takes to know what is a tag. In encodings without ASCII (UTF-16) nothing looks like one.
// Not HTMLRewriter: it refuses encodings that it does not know, and gives a page up in its middle that is ambiguous or has a huge tag.

/** A longer tag goes by as it is. */
const LONGEST_TAG = 16 * 1024;

/** What stands in them is text, whatever it looks like. */
const TEXT_ELEMENTS = ['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext'];

const CREDENTIALS = 'crossorigin="use-credentials"';

/** What takes the place of the signs from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How far a part of the page has been read. */
export interface Scan {
  /** In lower case, where what is being read ends: a comment, an element that holds text. */
  readonly until: string;
  /** From here on the next part is needed too. */
  readonly read: number;
  readonly edit?: Edit;
}

/** `page`, a sign for each byte, goes on where the scan before has stopped reading. The first manifest counts. */
export function scanForManifest(page: string, before: string): Scan {
  let at = 0;
  let until = before;
  let lower: string | undefined;
  for (;;) {
    if (until !== '') {
      lower ??= page.toLowerCase();
      const end = lower.indexOf(until, at);
      if (end < 0) return { until, read: Math.max(at, page.length - until.length + 1) };
      at = end + until.length;
      until = '';
    }
    const start = page.indexOf('<', at);
    if (start < 0) return { until, read: page.length };
    const end = tagEnd(page, start);
    if (end === undefined) return { until, read: start };
    // Two of its signs may belong to both ends of a comment (`<!-->`).
    at = page.startsWith('<!--', start) ? start + 2 : end;
    const name = nameOf(page, start);
    if (at < end) until = '-->';
    else if (TEXT_ELEMENTS.includes(name)) until = `</${name}`;
    const edit = name === 'link' ? editOf(page.slice(start, end)) : undefined;
    if (edit) return { until, read: end, edit: { ...edit, start: start + edit.start, end: start + edit.end } };
  }
}

/** Behind the tag or the beginning of a comment; behind the `<` that begins neither; undefined where the page has to go on first. */
function tagEnd(page: string, start: number): number | undefined {
  if (start + 1 < page.length && !/[a-z/!?]/i.test(page[start + 1] as string)) return start + 1;
  if (page.startsWith('<!--', start)) return start + 4;
  let quote = '';
  let last = '';
  const longest = Math.min(page.length, start + LONGEST_TAG);
  for (let at = start + 1; at < longest; at++) {
    const sign = page[at] as string;
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === '>') return at + 1;
    else if (last === '=' && (sign === '"' || sign === "'")) quote = sign;
    if (!BLANK.includes(sign)) last = sign;
  }
  return longest < page.length ? longest : undefined;
}

const BLANK = '\t\n\f\r ';

function nameOf(page: string, start: number): string {
  const [name = ''] = /^[a-z][^\t\n\f\r />]*/i.exec(page.slice(start + 1, start + 16)) ?? [];
  return name.toLowerCase();
}

const ATTRIBUTE =
  /([^\t\n\f\r />=]+)(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >"'][^\t\n\f\r >]*)))?/g;

function editOf(tag: string): Edit | undefined {
  const attributes = [...tag.matchAll(ATTRIBUTE)];
  const find = (name: string) => attributes.find(([, found]) => found?.toLowerCase() === name);
  const [, , double, single, bare] = find('rel') ?? [];
  const types = (double ?? single ?? bare ?? '').toLowerCase().split(/[\t\n\f\r ]+/);
  if (!types.includes('manifest') || !tag.endsWith('>')) return undefined;
  const present = find('crossorigin');
  if (present) return { start: present.index, end: present.index + present[0].length, text: CREDENTIALS };
  // A slash at the end of a value without quotes is a part of it.
  const end = tag.length - (/[\t\n\f\r "']\/>$/.test(tag) ? 2 : 1);
  const isApart = BLANK.includes(tag[end - 1] as string);
  return { start: end, end, text: `${isApart ? '' : ' '}${CREDENTIALS}${tag[end] === '/' ? ' ' : ''}` };
}
