// One person's browser in the simulation, and what must hold for every answer it gets.

import { expect } from 'vitest';
import { locationOf, type TestBrowser } from '../support/browser.ts';
import type { World } from './world.ts';

interface Life {
  readonly id: string;
  readonly startedAt: number;
  activeAt: number;
  /** When it was certainly over: whoever passes later than REVOCATION_MAX_AGE after that has found a hole. */
  endedAt?: number;
}

const CORS = { 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin' };

export class Person {
  readonly userId: string;
  readonly browser: TestBrowser;
  readonly #world: World;
  life: Life | undefined;
  /** The cookies as they were after signing in: what a thief has, whose browser is another. */
  #oldCookies: string | undefined;

  readonly #thief: TestBrowser;

  constructor(world: World, userId: string) {
    this.#world = world;
    this.userId = userId;
    this.browser = world.harness.browser();
    this.#thief = world.harness.browser();
    this.#thief.keepsCookies = false;
  }

  async signIn(): Promise<void> {
    const { world, browser } = { world: this.#world, browser: this.browser };
    const toProvider = await world.send(browser, '/auth/login?return_to=/page');
    if (toProvider.status === 503) return world.expectTrouble('login');
    const authorizeUrl = locationOf(toProvider);
    const user = world.harness.zitadel.findUser(this.userId);
    if (user.state !== 'active' || !authorizeUrl.startsWith(world.harness.zitadel.issuer)) return;
    const back = await world.harness.zitadel.signIn({ authorizeUrl, user: this.userId }).catch(() => undefined);
    if (back === undefined) return world.expectTrouble('sign-in page');
    const callback = await world.send(browser, back, { 'sec-fetch-site': 'cross-site' });
    if (callback.status >= 500) return world.expectTrouble('callback');
    // A lost answer to the code exchange, or to userinfo: the person may try again.
    if (callback.status !== 302) return world.expectTrouble(`callback ${callback.status}`);
    const answer = await world.send(browser, '/auth/userinfo', CORS);
    if (answer.status !== 200) return world.expectTrouble(`userinfo ${answer.status}`);
    const { sub, session } = (await answer.json()) as { sub: string; session: { id: string; started_at: number } };
    expect(sub, world.note('another’s identity')).toBe(this.userId);
    this.life = { id: session.id, startedAt: session.started_at, activeAt: world.now };
    this.#oldCookies = await browser.jar.getCookieString('https://app.example.com/');
  }

  async visit({ isBackground = false, isStale = false } = {}): Promise<void> {
    const { life } = this;
    const headers: Record<string, string> = { ...CORS };
    if (isBackground) headers['x-postern-activity'] = 'background';
    if (isStale && this.#oldCookies) headers['cookie'] = this.#oldCookies;
    const answer = await this.#world.send(isStale ? this.#thief : this.browser, '/page', headers);
    if (answer.status === 200) await this.#passed(life, answer);
    else if (answer.status === 401) this.#refused(life, isStale);
    else this.#world.expectTrouble(`status ${answer.status}`);
    if (answer.status === 200 && life && !isBackground && !isStale) life.activeAt = this.#world.now;
  }

  async #passed(life: Life | undefined, answer: Response): Promise<void> {
    const { headers } = (await answer.json()) as { headers: Record<string, string> };
    const world = this.#world;
    expect(headers['x-forwarded-user'], world.note('another’s identity')).toBe(this.userId);
    expect(life, world.note(`${this.userId} passed without a session`)).toBeDefined();
    const endedAt = Math.min(life?.endedAt ?? Infinity, world.endOf(life?.id ?? '')?.at ?? Infinity);
    expect(world.now - endedAt, world.note(`${life?.id} passed after its end`)).toBeLessThanOrEqual(30);
    world.expectRoles(this.userId, headers['x-forwarded-roles'] ?? '');
  }

  /** Nobody is out without a definite reason. */
  #refused(life: Life | undefined, isStale: boolean): void {
    if (!life) return;
    const { now } = this.#world;
    const isIdle = now - (isStale ? life.startedAt : life.activeAt) >= (isStale ? 3600 : 2700);
    const isOld = now - life.startedAt >= 43_200;
    const end = this.#world.endOf(life.id);
    const isDefinite = isIdle || isOld || end !== undefined || life.endedAt !== undefined;
    const said = this.#world.harness.events.at(-1)?.reason;
    expect(
      isDefinite,
      this.#world.note(`${life.id} of ${this.userId} is out without a reason (${said}; stale: ${isStale})`),
    ).toBe(true);
  }

  async signOut(): Promise<void> {
    const { life } = this;
    const answer = await this.#world.send(this.browser, '/auth/logout', {
      'sec-fetch-site': 'none',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    });
    if (answer.status >= 500) return this.#world.expectTrouble('logout');
    if (life) life.endedAt ??= this.#world.now;
  }

  async endOthers(others: readonly Person[]): Promise<void> {
    const body = new URLSearchParams({ session: 'others' });
    const answer = await this.#world.send(
      this.browser,
      '/auth/profile',
      { 'sec-fetch-site': 'same-origin' },
      { method: 'POST', body },
    );
    if (answer.status !== 303) return;
    for (const { life, userId } of others) {
      if (life && userId === this.userId && life.id !== this.life?.id) life.endedAt ??= this.#world.now;
    }
  }
}
