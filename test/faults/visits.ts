// Who comes while something is broken: a stranger who signs in, people who are signed in, their scripts, API clients, somebody who leaves.

import { SEED } from '../../stand-in/seed.ts';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import { type Harness, ISSUER, ORIGIN } from '../support/harness.ts';
import type { Fault, Place } from './places.ts';

export const VISITS = [
  'anonymous',
  'fresh',
  'stale',
  'renewal',
  'XHR',
  'bearer JWT',
  'bearer opaque',
  'sign-out',
] as const;
export type Visit = (typeof VISITS)[number];

export const isSignedIn = (visit: Visit) => ['fresh', 'stale', 'renewal', 'XHR'].includes(visit);
export const isBearer = (visit: Visit) => visit.startsWith('bearer');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined`: it broke off. */
  readonly body: string | undefined;
}

/** At once, and then once more: how many requests come while the place is broken. */
export const WAVE = 4;
const WAVES = 2;

export interface Visitor {
  readonly browser: TestBrowser;
  /** Comes while something is broken. */
  come(): Promise<Answer[]>;
  /** One request of the same kind. */
  comeAgain(): Promise<Answer>;
}

async function answerOf(response: Response): Promise<Answer> {
  const body = await response.text().catch(() => undefined);
  return { status: response.status, headers: response.headers, body };
}

/** Everything up to the moment before something breaks. */
export async function prepare(harness: Harness, visit: Visit, place: Place, fault: Fault): Promise<Visitor> {
  const browser = harness.browser();
  await harness.zitadel.webKeys.active();
  if (visit === 'anonymous') {
    const come = () => signInWhile(harness, browser, place === 'authorize' ? fault : undefined);
    return { browser, come, comeAgain: async () => (await signInWhile(harness, browser)).at(-1) as Answer };
  }
  if (isBearer(visit)) {
    const token = await harness.zitadel.mintAccessToken({ sub: SEED.users.user, jwt: visit === 'bearer JWT' });
    const headers = { authorization: `Bearer ${token}` };
    const ask = async () => answerOf(await harness.app.fetch(new Request(`${ORIGIN}/page`, { headers })));
    return { browser, come: () => inWaves(ask), comeAgain: ask };
  }
  await harness.signIn(browser, 'user', '/page');
  await harness.settle();
  if (visit === 'sign-out') {
    const leave = async () => answerOf(await browser.navigate('/auth/logout'));
    return { browser, come: async () => [await leave()], comeAgain: leave };
  }
  if (visit !== 'fresh') await harness.advance(visit === 'renewal' ? 700 : 301);
  const ask = async () => answerOf(await (visit === 'XHR' ? browser.fetch('/page') : browser.navigate('/page')));
  return { browser, come: () => inWaves(ask), comeAgain: ask };
}

async function inWaves(ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    answers.push(...(await Promise.all(Array.from({ length: WAVE }, ask))));
  }
  return answers;
}

/** As far as it goes. What is broken at the authorization endpoint shows in the address that the browser comes back with. */
async function signInWhile(harness: Harness, browser: TestBrowser, fault?: Fault): Promise<Answer[]> {
  const toProvider = await browser.navigate('/page');
  if (toProvider.status !== 302 || !locationOf(toProvider).startsWith(ISSUER)) return [await answerOf(toProvider)];
  const authorizeUrl = locationOf(toProvider);
  const honest = await harness.zitadel.signIn({ authorizeUrl, user: 'user' });
  const target = fault === undefined ? honest : spoilt(honest, fault);
  const back = await browser.navigate(target, { headers: { 'sec-fetch-site': 'cross-site' } });
  const answers = [await answerOf(toProvider), await answerOf(back)];
  const isOver = back.status === 302 && locationOf(back).startsWith(ORIGIN);
  if (isOver) answers.push(await answerOf(await browser.navigate(locationOf(back))));
  return answers;
}

const SPOILT: Partial<Record<Fault, Readonly<Record<string, string>>>> = {
  '429': { error: 'temporarily_unavailable', error_description: 'too many <b>requests</b>' },
  '500': { error: 'server_error', error_description: 'panic at /srv/zitadel.go' },
  HTML: { code: '<!doctype html><script>evil()</script>' },
  'wrong JSON': { code: '{"code": "tru' },
  'other JSON': { code: '{"unexpected":[null]}' },
  '10 MB': { code: 'x'.repeat(60_000) },
};

function spoilt(callbackUrl: string, fault: Fault): string {
  const url = new URL(callbackUrl);
  url.searchParams.delete('code');
  for (const [name, value] of Object.entries(SPOILT[fault] ?? {})) url.searchParams.set(name, value);
  return url.href;
}
