// A visitor as far as HTTP goes: cookies, the headers of a navigation, redirects followed one by one.
// Node's own fetch would write Sec-Fetch-Mode itself.

import { type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Refuted } from '../ledger.ts';
import { createJar, type Jar } from './cookies.ts';

export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Of a redirect. */
  readonly location: URL | undefined;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
}

export interface Visitor {
  readonly jar: Jar;
  /** Somebody goes to a page; no redirect is followed. */
  go(url: string | URL, asked?: Asked): Promise<Answer>;
  /** Goes on until a page comes, or a redirect that `isEnd`. */
  follow(answer: Answer, isEnd?: (url: URL) => boolean): Promise<Answer>;
}

const NAVIGATION = {
  accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Postern acceptance',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
  'sec-fetch-user': '?1',
};
const MOST_REDIRECTS = 12;
const DEADLINE_MS = 20_000;

export function createVisitor(): Visitor {
  const jar = createJar();
  const go: Visitor['go'] = async (target, asked = {}) => {
    const url = new URL(target);
    const cookie = jar.headerFor(url);
    const answer = await send(url, {
      ...asked,
      headers: {
        ...NAVIGATION,
        ...(asked.form && { origin: url.origin, 'sec-fetch-site': 'same-origin' }),
        ...(cookie !== '' && { cookie }),
        ...asked.headers,
      },
    });
    jar.take(answer.headers['set-cookie'] ?? [], url);
    return answer;
  };
  return {
    jar,
    go,
    async follow(first, isEnd = () => false) {
      let answer = first;
      for (let count = 0; answer.location && !isEnd(answer.location); count += 1) {
        if (count === MOST_REDIRECTS) throw new Refuted(`redirects without end, the last to ${bare(answer.location)}`);
        answer = await go(answer.location);
      }
      return answer;
    },
  };
}

export function send(url: URL, { method, headers = {}, form }: Asked): Promise<Answer> {
  const body = form?.toString();
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const entity = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...entity, ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
        signal: AbortSignal.timeout(DEADLINE_MS),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          const { statusCode: status = 0, headers: got } = incoming;
          const isRedirect = status >= 300 && status < 400 && got.location !== undefined;
          const location = isRedirect ? new URL(got.location ?? '', url) : undefined;
          resolve({ url, status, headers: got, body: Buffer.concat(chunks).toString(), location });
        });
      },
    );
    outgoing.once('error', (cause) => reject(new Refuted(`no answer from ${bare(url)}`, { cause })));
    outgoing.end(body);
  });
}

/** Without its query, which may hold codes and tokens. */
export const bare = ({ origin, pathname }: URL): string => origin + pathname;

export function describeAnswer({ url, status, location, body }: Answer): string {
  if (location) return `${status} from ${bare(url)} to ${bare(location)}`;
  const said = /<h1[^>]*>([^<]*)/.exec(body)?.[1] ?? body.slice(0, 160);
  return `${status} from ${bare(url)}: ${said.trim() || 'nothing'}`;
}
