// Lets browsers fetch a web app manifest with cookies, without which every gateway answers with a sign-in.
// HTML §2.5.1 (crossorigin), W3C Web Application Manifest §3; RFC 9110 §7.7 (no-transform), §8.8.1 (weak validators).

import { isDamaged } from '../written-anew.ts';
import { scanForManifest } from './manifest-link.ts';

/** What the runtime can unpack piece by piece. */
const PACKED = /^(?:x-)?gzip$/i;

/** Asks for a page in a coding that can be read. Whatever else comes, packed in any way, passes as it is. */
export function askReadable(method: string, headers: Headers): void {
  const codings = headers.get('Accept-Encoding');
  const isForPage = method === 'GET' && !forbidsChange(headers) && /\btext\/html\b/i.test(headers.get('Accept') ?? '');
  if (codings !== null && isForPage) headers.set('Accept-Encoding', /\bgzip\b/i.test(codings) ? 'gzip' : 'identity');
}

/** The answer with its link to a manifest changed, if it is a page that may be; its headers tell of it. */
export function withManifest({ method, headers: asked }: Request, answer: Response): Response {
  if (isRewritten(method, answer, asked)) return rewrite(answer);
  // What is said of a page without sending it fits what was sent: the one in the browser's memory, or the one that GET would bring.
  if (isAboutRewritten(method, answer, asked)) weakenETag(answer.headers);
  return answer;
}

/** Only whole pages are rewritten, in codings that can be read, and unless one of both sides forbids it: a range is of other bytes. */
export function isRewritten(method: string, { status, headers, body }: Response, asked?: Headers): boolean {
  if (method !== 'GET' || status !== 200 || body === null || headers.get('Content-Length') === '0') return false;
  if (!isPage(headers) || (asked && forbidsChange(asked))) return false;
  const coding = headers.get('Content-Encoding') ?? 'identity';
  return /^(?:identity)?$/i.test(coding) || PACKED.test(coding);
}

function isAboutRewritten(method: string, { status, headers }: Response, asked: Headers): boolean {
  if (method === 'HEAD') return status === 200 && isPage(headers);
  return status === 304 && (asked.get('If-None-Match') ?? '').includes(`W/${headers.get('ETag')}`);
}

const isPage = (headers: Headers): boolean =>
  /^text\/html\s*(?:;|$)/i.test(headers.get('Content-Type') ?? '') && !forbidsChange(headers);

const forbidsChange = (headers: Headers): boolean => /\bno-transform\b/i.test(headers.get('Cache-Control') ?? '');

/** A rewritten page has other bytes and the same meaning, which is what a weak validator says. */
export function weakenHeaders(headers: Headers): void {
  for (const name of ['Content-Length', 'Content-MD5', 'Digest', 'Content-Digest', 'Repr-Digest', 'Accept-Ranges'])
    headers.delete(name);
  weakenETag(headers);
}

function weakenETag(headers: Headers): void {
  const etag = headers.get('ETag');
  if (!etag?.startsWith('"')) return;
  if (isDamaged(etag)) headers.delete('ETag');
  else headers.set('ETag', `W/${etag}`);
}

/** It goes out unpacked: what is packed anew would come all at its end. The edge packs pages for whoever wants that. */
function rewrite({ status, statusText, headers, body }: Response): Response {
  const isPacked = PACKED.test(headers.get('Content-Encoding') ?? '');
  const page = body as ReadableStream<Uint8Array>;
  const readable = isPacked ? unpacked(page) : page;
  weakenHeaders(headers);
  headers.delete('Content-Encoding');
  return new Response(readable.pipeThrough(manifestStream()), { status, statusText, headers });
}

/** What gzip makes of nothing. */
const NOTHING = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** Servers say gzip of a page without a byte, too, which the runtime takes for one that has been cut short. */
function unpacked(page: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let isEmpty = true;
  const packed = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      isEmpty = false;
      out.enqueue(chunk);
    },
    flush(out) {
      if (isEmpty) out.enqueue(NOTHING);
    },
  });
  return page.pipeThrough(packed).pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair);
}

/** Holds back no more than a tag that has not come to its end. */
export function manifestStream(): TransformStream<Uint8Array, Uint8Array> {
  const signs = new TextDecoder('latin1');
  let held = new Uint8Array();
  let until = '';
  let isFound = false;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, page) {
      if (isFound) return page.enqueue(chunk);
      const bytes = joined(held, chunk);
      const scan = scanForManifest(signs.decode(bytes), until);
      const { edit } = scan;
      until = scan.until;
      isFound = edit !== undefined;
      held = isFound ? new Uint8Array() : bytes.slice(scan.read);
      const parts = edit
        ? [bytes.subarray(0, edit.start), new TextEncoder().encode(edit.text), bytes.subarray(edit.end)]
        : [bytes.subarray(0, scan.read)];
      for (const part of parts) if (part.length > 0) page.enqueue(part);
    },
    flush(page) {
      if (held.length > 0) page.enqueue(held);
    },
  });
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
