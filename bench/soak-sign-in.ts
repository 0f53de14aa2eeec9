// How a visitor of a soak signs in, with a form in their hands now and then, and as often as it takes while ZITADEL is broken.
// ARCHITECTURE §3 (first and last row), promise 3.

import { randomBytes } from 'node:crypto';
import { type Browser, type Exchanged, pathOf } from './soak-browser.ts';
import { isToZitadel, nonce, type World } from './soak-world.ts';

/** The session has begun; the page is still to be opened. */
export interface Arrival {
  readonly sid: string;
  readonly path: string;
  /** What was sent when there was no session: it must arrive. */
  readonly form: string | undefined;
}

/** A login under way; its callback may have to be loaded again. */
interface Login {
  readonly sid: string;
  readonly callback: string;
  readonly form: string | undefined;
}

/** What a login needs of ZITADEL. */
const NEEDED = ['token', 'userinfo', 'keys'] as const;
/** Milliseconds after a fault in which a sign-in may still fail. */
const LAG = 1_000;
/** Milliseconds in which a code that was spent on an answer that broke off may come back. */
const SPENT = 60_000;
/** Milliseconds until a page that could not be had is loaded again. */
const PAUSE = 1_000;

export class SignIn {
  /** Milliseconds of `performance.now()`; no attempt before. */
  retryAt = 0;
  readonly #sub: string;
  readonly #browser: Browser;
  readonly #world: World;
  #login: Login | undefined;

  constructor(sub: string, browser: Browser, world: World) {
    this.#sub = sub;
    this.#browser = browser;
    this.#world = world;
  }

  /** Undefined where it has come to nothing yet. */
  async attempt(): Promise<Arrival | undefined> {
    this.#login ??= await this.#start();
    return this.#login && this.#end(this.#login);
  }

  async #start(): Promise<Login | undefined> {
    const hasForm = Math.random() < 0.15;
    const form = hasForm ? `note=${randomBytes(300).toString('base64url')}&sent=${nonce()}` : undefined;
    const start = hasForm
      ? await this.#browser.post('/form', form ?? '')
      : await this.#browser.navigate(`/page?n=${nonce()}`);
    if (isToZitadel(this.#world, start)) return this.#goToZitadel(start, form);
    this.#complain('an anonymous navigation is sent to ZITADEL', start);
    return undefined;
  }

  async #goToZitadel(start: Exchanged, form: string | undefined): Promise<Login> {
    const cookies = new Map<string, string>();
    const authorizeUrl = start.headers.location ?? '';
    const callback = await this.#world.zitadel.signIn({ authorizeUrl, user: this.#sub, browser: cookies });
    const [sid = ''] = (cookies.get('sessions') ?? '').split('.');
    return { sid, callback: pathOf(callback), form };
  }

  async #end(login: Login): Promise<Arrival | undefined> {
    const { sid, callback, form } = login;
    const answer = await this.#browser.navigate(callback, { headers: { 'Sec-Fetch-Site': 'cross-site' } });
    const wasBroken = (lag: number) => this.#world.board.touched(NEEDED, answer.from - lag, answer.to);
    if (answer.status === 503) {
      if (!wasBroken(LAG)) this.#complain('a sign-in works while ZITADEL does', answer);
      if (!(Number(answer.headers['retry-after']) > 0)) this.#complain('a 503 says when to come back', answer);
      this.retryAt = performance.now() + PAUSE;
      return undefined;
    }
    this.#login = undefined;
    if (isToZitadel(this.#world, answer)) {
      // The code was spent on an answer that broke off.
      if (!wasBroken(SPENT)) this.#complain('a callback ends a login', answer);
      this.#login = await this.#goToZitadel(answer, form);
      return this.#end(this.#login);
    }
    if (answer.status === 302) return { sid, path: pathOf(answer.headers.location), form };
    this.#complain('a callback ends a login', answer);
    return undefined;
  }

  #complain(what: string, exchanged: Exchanged): void {
    this.#world.judge.complainOf(what, exchanged);
  }
}
