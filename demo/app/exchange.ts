// One request and its reply, as the pages see them.

export interface Exchange {
  method: string;
  url: URL;
  /** Path and query as they came over the wire, where `url` has dots resolved. */
  rawUrl: string;
  headers: Headers;
  body: string;
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | null;
}

export function html(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
