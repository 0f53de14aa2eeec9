// Does what a person does in a browser, through `fetch`: from the authorization request to the callback address.

import type { Instance } from './instance.ts';
import { SEED } from './seed.ts';
import { findUserByLoginName, type User } from './store.ts';

/** A cookie jar of one browser at the provider; hand the same one in twice to have a session there. */
export type Browser = Map<string, string>;

export interface SignInOptions {
  authorizeUrl: string | URL;
  /** `admin`, `staff`, `user`, `nobody`, `outsider`, or an id, username, login name, e-mail. */
  user: string;
  /** Signs in "with second factor". */
  mfa?: boolean;
  /** Presses Cancel instead. */
  cancel?: boolean;
  browser?: Browser;
}

export function findUser(instance: Instance, name: string): User {
  const seeded = Object.hasOwn(SEED.users, name) ? SEED.users[name as keyof typeof SEED.users] : name;
  const user = instance.written.users.get(seeded) ?? findUserByLoginName(instance.written, name);
  if (!user) throw new Error(`no user ${name}`);
  return user;
}

type Send = (request: Request) => Promise<Response>;

async function sendWithCookies(send: Send, browser: Browser, url: string, form?: URLSearchParams): Promise<Response> {
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = cookie === '' ? {} : { cookie };
  const init = form ? { method: 'POST', headers, body: form } : { headers };
  const response = await send(new Request(url, init));
  for (const line of response.headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    browser.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return response;
}

/** Goes along while the provider redirects to itself: the last page and its address, or the address that leads away. */
async function follow(
  send: Send,
  browser: Browser,
  first: Response,
  from: string,
): Promise<[Response, string] | string> {
  let [response, url] = [first, from];
  while (response.status === 302) {
    const next = new URL(response.headers.get('location') ?? '', url);
    if (next.origin !== new URL(url).origin) return next.href;
    url = next.href;
    response = await sendWithCookies(send, browser, url);
  }
  return [response, url];
}

/** The callback address, with `code` or `error`; throws when the provider shows an error of its own instead. */
export async function signIn(instance: Instance, send: Send, options: SignInOptions): Promise<string> {
  const { browser = new Map(), mfa = false, cancel = false } = options;
  const start = String(options.authorizeUrl);
  const shown = await follow(send, browser, await sendWithCookies(send, browser, start), start);
  if (typeof shown === 'string') return shown;
  let [response] = shown;
  if (response.status === 200) {
    const form = new URLSearchParams(cancel ? { cancel: '1' } : { user: findUser(instance, options.user).id });
    if (mfa) form.set('mfa', 'on');
    const answered = await follow(send, browser, await sendWithCookies(send, browser, shown[1], form), shown[1]);
    if (typeof answered === 'string') return answered;
    [response] = answered;
  }
  throw new Error(`the provider answered ${response.status} to the sign-in: ${await response.text()}`);
}
