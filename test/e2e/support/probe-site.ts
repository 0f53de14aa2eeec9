// Two sites that write down what a browser sends them, for the table in docs/browsers.md.
// Fetch Metadata Request Headers §2; RFC 6265bis §5.7, §5.8.

import type { IncomingHttpHeaders } from 'node:http';
import { arrive, type Tab, until } from '../../support/browsers/tab.ts';
import { startTlsFront } from './tls-front.ts';

export const PROBE_HOSTS = ['probe.example.test', 'elsewhere.test'];

/** By the letter that stands for it in the table. `__Host-wide` must not be taken: it names a domain. */
const COOKIES = {
  S: 'strict=1; SameSite=Strict',
  L: '__Host-lax=1; SameSite=Lax',
  U: 'unsaid=1',
  N: 'none=1; SameSite=None',
  P: 'part=1; SameSite=None; Partitioned',
  W: '__Host-wide=1; SameSite=Lax; Domain=example.test',
};

export interface ProbeSite {
  readonly own: string;
  readonly foreign: string;
  /** Header fields of the request to `/seen/{name}`, in words; waits for it. */
  seen(name: string): Promise<string>;
  /** How often `/kept` was asked for. */
  readonly kept: () => number;
  close(): Promise<void>;
}

export async function startProbeSite(): Promise<ProbeSite> {
  const front = await startTlsFront();
  const seen = new Map<string, string>();
  let kept = 0;
  front.answerAt((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://probe.example.test');
    const name = pathname.replace('/seen/', '');
    if (name !== pathname && !seen.has(name)) seen.set(name, inWords(request.headers));
    if (pathname === '/kept') kept += 1;
    const clears = searchParams.has('clear') && { 'Clear-Site-Data': '"cache"' };
    const cookies = pathname === '/start' && Object.values(COOKIES).map((line) => `${line}; Path=/; Secure; HttpOnly`);
    const gone = searchParams.has('leave') && ['__Host-lax=; Path=/; Secure; HttpOnly; Max-Age=0'];
    const onwards = searchParams.get('to');
    response.writeHead(onwards === null ? 200 : 303, {
      'Content-Type': 'text/html',
      'Cache-Control': searchParams.get('cache') ?? 'private',
      'Set-Cookie': cookies || gone || [],
      ...clears,
      ...(onwards !== null && { Location: onwards }),
    });
    response.end('<!doctype html><title>probe</title><p>probe</p>');
  });
  return {
    own: `https://probe.example.test:${front.port}`,
    foreign: `https://elsewhere.test:${front.port}`,
    async seen(name) {
      await until(`a request for ${name}`, async () => seen.has(name));
      const words = seen.get(name) ?? '';
      seen.delete(name);
      return words;
    },
    kept: () => kept,
    close: () => front.close(),
  };
}

/** `none navigate document · SLUN`: site, mode and destination, the cookies by their letters, and whatever says that it is fetched ahead. */
function inWords(headers: IncomingHttpHeaders): string {
  const metadata = ['site', 'mode', 'dest'].map((name) => headers[`sec-fetch-${name}`] ?? '–').join(' ');
  const came = Object.entries(COOKIES).filter(([, line]) => headers.cookie?.includes(line.split(';', 1)[0] as string));
  const ahead = ['sec-purpose', 'purpose', 'x-moz', 'x-purpose'].flatMap((name) =>
    headers[name] === undefined ? [] : [` · ${name}: ${headers[name]}`],
  );
  return `${metadata} · ${came.map(([letter]) => letter).join('') || '–'}${ahead.join('')}`;
}

const form = (action: string) =>
  `(() => { const form = document.body.appendChild(document.createElement('form')); form.method = 'post'; form.action = '${action}'; form.submit(); })()`;
const element = (tag: string, fields: object) =>
  `void document.body.appendChild(Object.assign(document.createElement('${tag}'), ${JSON.stringify(fields)}))`;

/** What a page may do to cause a request to `url`, by the name of its row in the table. */
export const WAYS: Readonly<Record<string, (url: string) => string>> = {
  link: (url) => `void setTimeout(() => location.assign('${url}'))`,
  'form, POST': form,
  iframe: (url) => element('iframe', { src: url }),
  image: (url) => element('img', { src: url }),
  fetch: (url) => `void fetch('${url}', { mode: 'no-cors', credentials: 'include' }).catch(() => {})`,
  'link rel=prefetch': (url) => element('link', { rel: 'prefetch', href: url }),
};

/** What arrives of it, in words. */
export async function caused(tab: Tab, site: ProbeSite, page: string, name: string): Promise<string> {
  // An address of its own: what a browser has already, it may not fetch again.
  const seen = encodeURIComponent(`${name} ${page}`);
  const url = `${site.own}/seen/${seen}`;
  await tab.goto(page);
  const rel = /rel=(\w+)/.exec(name)?.[1];
  const isKnown = `document.createElement('link').relList.supports('${rel}')`;
  if (rel !== undefined && !(await tab.evaluate<boolean>(isKnown))) return 'not fetched';
  await tab.evaluate(WAYS[name]?.(url) ?? '');
  const words = await site.seen(seen);
  if (words.includes(' document ')) await arrive(tab, url);
  return words;
}

/** Whether `/kept` comes out of the browser's memory when Back is pressed on the page after it. */
export async function comesBack(tab: Tab, site: ProbeSite, page: string, next: string): Promise<'kept' | 'asked'> {
  await tab.goto(`${site.own}/start`);
  await tab.goto(site.own + page);
  await tab.evaluate(`void setTimeout(() => location.assign('${next}'))`);
  await arrive(tab, /\/end/);
  const before = site.kept();
  await tab.back();
  await arrive(tab, site.own + page);
  return site.kept() === before ? 'kept' : 'asked';
}
