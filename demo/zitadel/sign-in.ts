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
  const user = instance.store.users.get(seeded) ?? findUserByLoginName(instance.store, name);
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

/** The callback address, with `code` or `error`; throws when the provider shows an error of its own instead. */
export async function signIn(instance: Instance, send: Send, options: SignInOptions): Promise<string> {
  const { browser = new Map(), mfa = false, cancel = false } = options;
  const { origin } = new URL(options.authorizeUrl);
  let url = String(options.authorizeUrl);
  let response = await sendWithCookies(send, browser, url);
  while (response.status === 302) {
    url = new URL(response.headers.get('location') ?? '', url).href;
    if (new URL(url).origin !== origin) return url;
    response = await sendWithCookies(send, browser, url);
  }
  if (response.status === 200) {
    const form = new URLSearchParams(cancel ? { cancel: '1' } : { user: findUser(instance, options.user).id });
    if (mfa) form.set('mfa', 'on');
    response = await sendWithCookies(send, browser, url, form);
    if (response.status === 302) return response.headers.get('location') ?? '';
  }
  throw new Error(`the provider answered ${response.status} to the sign-in: ${await response.text()}`);
}
