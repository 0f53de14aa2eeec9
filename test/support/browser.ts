// A browser as far as HTTP goes: a cookie jar, the headers of navigations and of scripts, redirects followed one by one.

import { CookieJar } from 'tough-cookie';

export type Send = (request: Request) => Promise<Response>;

export class TestBrowser {
  readonly jar = new CookieJar();
  readonly #send: Send;
  readonly #origin: string;
  /** Keeps no cookies, like a browser that was told so. */
  keepsCookies = true;

  constructor(send: Send, origin: string) {
    this.#send = send;
    this.#origin = origin;
  }

  /** Somebody goes to a page: typed, or by a link. */
  navigate(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
      'sec-fetch-site': 'none',
      'sec-fetch-user': '?1',
    };
    return this.send(target, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } });
  }

  /** A script on one of our pages fetches. */
  fetch(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      accept: '*/*',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'sec-fetch-site': 'same-origin',
    };
    return this.send(target, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } });
  }

  send(target: string, init: RequestInit = {}): Promise<Response> {
    return this.sendTo(this.#send, target, init);
  }

  /** Through another isolate, perhaps. */
  async sendTo(send: Send, target: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(target, this.#origin);
    const headers = new Headers(init.headers);
    const cookie = await this.jar.getCookieString(url.href);
    if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie);
    const response = await send(new Request(url, { ...init, headers, redirect: 'manual' }));
    if (this.keepsCookies) {
      for (const line of response.headers.getSetCookie()) await this.jar.setCookie(line, url.href);
    }
    return response;
  }

  async cookies(): Promise<Map<string, string>> {
    const cookies = await this.jar.getCookies(this.#origin);
    return new Map(cookies.map(({ key, value }) => [key, value]));
  }
}

export function locationOf(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`no redirect: status ${response.status}`);
  return location;
}
