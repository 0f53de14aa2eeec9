// Answers in ZITADEL's manner: JSON that nobody stores, errors with 400 where other servers say 401.
// RFC 6749 §5.2 with ZITADEL's deviations.

import { escapeHtml } from './pages.ts';

export class OAuthError extends Error {
  readonly error: string;
  readonly description: string | undefined;
  readonly status: number;

  constructor(error: string, description?: string, status = 400) {
    super(description ?? error);
    this.error = error;
    this.description = description;
    this.status = status;
  }
}

const NEVER_STORED = { 'cache-control': 'no-store', pragma: 'no-cache', expires: 'Thu, 01 Jan 1970 00:00:00 GMT' };

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...NEVER_STORED, ...headers },
  });
}

export function errorJson(fault: OAuthError): Response {
  const body = fault.description === undefined ? {} : { error_description: fault.description };
  return json({ error: fault.error, ...body }, fault.status);
}

/** With the page that Go puts behind a redirect. */
export function redirectTo(location: string, cookies: string[] = []): Response {
  const headers = new Headers({ location, 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(`<a href="${escapeHtml(location)}">Found</a>.\n\n`, { status: 302, headers });
}

export function withQuery(uri: string, params: URLSearchParams): string {
  const url = new URL(uri);
  for (const [name, value] of params) url.searchParams.append(name, value);
  return url.href;
}

/** Body and query together, the body first: ZITADEL reads Go's `r.Form`. */
export async function readParams(request: Request): Promise<URLSearchParams> {
  const params = new URLSearchParams();
  const isForm = (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded');
  if (request.method === 'POST' && isForm) {
    for (const [name, value] of new URLSearchParams(await request.text())) params.append(name, value);
  }
  for (const [name, value] of new URL(request.url).searchParams) params.append(name, value);
  return params;
}
