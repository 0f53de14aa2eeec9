// The simulated world: the gateway on several isolates, ZITADEL, stores that fail, a clock, and what is known of all of it.

import { expect } from 'vitest';
import { SEED } from '../../stand-in/seed.ts';
import { createHumanUser } from '../../stand-in/seed-makers.ts';
import type { TestBrowser } from '../support/browser.ts';
import { createHarness, type Harness, OTHER_SECRET, SECRET } from '../support/harness.ts';
import { possibleFaults, repair } from './faults.ts';
import type { Random } from './random.ts';

type App = Harness['app'];

const OPERATOR = 'c4e1a97d5b2f8063e9d4c7a1b5f20896d3e7c1a4b8f5029663d7e0a1c4b8f592';
const ROLES = [['user'], ['admin', 'user'], ['staff'], ['admin', 'staff'], []];

export class World {
  readonly harness: Harness;
  readonly users: string[];
  readonly #random: Random;
  readonly #seed: number;
  #isolates: App[] = [];
  /** Turn of the rotation of SESSION_SECRET: both orders, so that no running cookie is ever unknown. */
  #secrets = [SECRET, OTHER_SECRET];
  /** Until when something may still be wrong because of a fault. */
  #troubleUntil = 0;
  #providerTroubleUntil = 0;
  readonly #grants = new Map<string, { at: number; roles: string }[]>();
  readonly #ends = new Map<string, { at: number; reason: string }>();
  #eventsRead = 0;
  lostAnswers = 0;

  constructor(seed: number, random: Random, users: number) {
    this.#seed = seed;
    this.#random = random;
    this.harness = createHarness({
      env: { OPERATOR_SECRET: OPERATOR },
      zitadel: { lifetimes: { accessToken: 901 }, backChannelRetryDelays: [0, 0] },
    });
    this.users = Array.from({ length: users }, (_, index) => this.#createUser(index));
    this.deploy();
  }

  get now(): number {
    return this.harness.clock.now;
  }

  note(problem: string): string {
    return `seed ${this.#seed}, second ${this.now - 1_790_000_000}: ${problem}`;
  }

  #createUser(index: number): string {
    const { zitadel } = this.harness;
    const id = `2497039${String(index).padStart(11, '0')}`;
    const names = {
      username: `user${index}`,
      givenName: 'User',
      familyName: String(index),
      email: `user${index}@acme.example`,
    };
    zitadel.store.users.set(
      id,
      createHumanUser({ id, organizationId: SEED.organizationId, ...names, updatedAt: this.now }),
    );
    this.setRoles(id, this.#random.pick(ROLES));
    return id;
  }

  setRoles(userId: string, roles: string[]): void {
    this.harness.zitadel.setUserRoles(userId, roles);
    const history = this.#grants.get(userId) ?? [];
    history.push({ at: this.now, roles: [...roles].sort().join(',') });
    this.#grants.set(userId, history);
  }

  changeRoles(userId: string): void {
    this.setRoles(userId, this.#random.pick(ROLES));
  }

  /** Every isolate anew, with nothing remembered; sometimes SESSION_SECRET is rotated. */
  deploy({ rotates = false } = {}): void {
    if (rotates) this.#secrets.reverse();
    const changes = { SESSION_SECRET: this.#secrets.join(',') };
    this.#isolates = Array.from({ length: 3 }, () => this.harness.isolate(changes));
  }

  async send(browser: TestBrowser, target: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
    const app = this.#random.pick(this.#isolates);
    return browser.sendTo(async (request) => app.fetch(request), target, { ...init, headers });
  }

  async operatorEnds(userId: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${OPERATOR}` };
    const url = `https://app.example.com/auth/operator/sessions?sub=${userId}`;
    return (
      (await this.#random.pick(this.#isolates).fetch(new Request(url, { method: 'DELETE', headers }))).status === 200
    );
  }

  /** Something goes wrong for a while. */
  breakSomething(): void {
    const until = this.now + 30 + this.#random.below(900);
    const { ofProvider, ofStores } = possibleFaults(this.harness, () => {
      this.lostAnswers += 1;
    });
    this.#random.pick(this.#random.chance(0.6) ? ofProvider : ofStores)();
    this.#providerTroubleUntil = Math.max(this.#providerTroubleUntil, until);
    this.#troubleUntil = Math.max(this.#troubleUntil, until);
  }

  async advance(seconds: number): Promise<void> {
    this.harness.clock.now += seconds;
    if (this.now >= this.#troubleUntil) repair(this.harness);
    await this.harness.settle();
    this.#readEvents();
  }

  get isWell(): boolean {
    return this.now >= this.#troubleUntil;
  }

  endOf(sessionId: string): { at: number; reason: string } | undefined {
    this.#readEvents();
    return this.#ends.get(sessionId);
  }

  /** An answer that only a fault explains. */
  expectTrouble(what: string): void {
    // ZITADEL's pause and the object's retry outlast the fault by seconds.
    expect(this.now, this.note(`${what} although everything is well`)).toBeLessThanOrEqual(this.#troubleUntil + 60);
  }

  /** Roles are those of now, or of at most CLAIMS_MAX_AGE ago; during an outage, and its backoff, older. */
  expectRoles(userId: string, roles: string): void {
    const history = this.#grants.get(userId) ?? [];
    if (this.now < this.#providerTroubleUntil + 90) return;
    const since = this.now - 301;
    const current = history.filter(({ at }, index) => (history[index + 1]?.at ?? Infinity) >= since && at <= this.now);
    const known = current.map((grant) => grant.roles);
    expect(known, this.note(`roles of ${userId}`)).toContain(roles);
  }

  #readEvents(): void {
    const { events } = this.harness;
    for (; this.#eventsRead < events.length; this.#eventsRead++) {
      const event = events[this.#eventsRead] as { event: string; session?: string; reason?: string };
      if (event.event === 'session_ended')
        this.#ends.set(event.session ?? '', { at: this.now, reason: event.reason ?? '' });
    }
  }

  ends(): { at: number; reason: string }[] {
    this.#readEvents();
    return [...this.#ends.values()];
  }

  /** No refresh token is used again once its use has succeeded, and after a lost answer once at most. */
  expectRefreshTokensUsedOnce(): void {
    const uses = new Map<string, number[]>();
    for (const { endpoint, grant_type, params, status } of this.harness.zitadel.calls.list) {
      if (endpoint !== 'token' || grant_type !== 'refresh_token') continue;
      const token = params['refresh_token'] ?? '';
      uses.set(token, [...(uses.get(token) ?? []), status]);
    }
    for (const statuses of uses.values()) {
      const succeeded = statuses.indexOf(200);
      expect(succeeded === -1 || succeeded === statuses.length - 1, this.note(`uses of one token: ${statuses}`)).toBe(
        true,
      );
      const dead = statuses.filter((status) => status === 400).length;
      expect(dead, this.note(`a dead token tried again: ${statuses}`)).toBeLessThanOrEqual(1);
    }
  }
}
