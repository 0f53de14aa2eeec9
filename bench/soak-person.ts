// A visitor of a soak: signs in, clicks, sends forms, lets tabs lie, leaves; and knows what each answer may be (ARCHITECTURE §3, promises 1 to 6).

import { createHash, randomBytes } from 'node:crypto';
import type { Asked, Exchanged } from './soak-browser.ts';
import { Browser, pathOf } from './soak-browser.ts';
import type { Figures } from './soak-figures.ts';
import { beginSession, describeSession, type PersonsSession, whyOver, whyOverdue } from './soak-session.ts';
import { SignIn } from './soak-sign-in.ts';
import type { Stolen } from './soak-stolen.ts';
import { isOfBrokenUpstream, isToZitadel, nonce, pick, SLACK, seenBy, TIMES, type World } from './soak-world.ts';

/** Milliseconds after a fault of ZITADEL's or KV's in which there may be no good token to forward: sessions leave ZITADEL alone for a while. */
const TOKEN_LAG = 25_000;
/** Seconds after which a refusal is looked up once more. */
const LOOK_AGAIN = 5;
/** Milliseconds for which sessions leave ZITADEL alone after a fault. */
const ROLES_LAG = 12_000;

export class Person {
  readonly sub: string;
  readonly browser: Browser;
  session: PersonsSession | undefined;
  readonly #world: World;
  readonly #figures: Figures;
  readonly #stolen: Stolen[];
  readonly #signIn: SignIn;
  #napsUntil = 0;
  #staff = { isGiven: false, since: 0 };

  constructor(sub: string, world: World, figures: Figures, stolen: Stolen[]) {
    this.sub = sub;
    this.browser = new Browser(world.client);
    this.#world = world;
    this.#figures = figures;
    this.#stolen = stolen;
    this.#signIn = new SignIn(sub, this.browser, world);
  }

  /** Milliseconds of `performance.now()`; not to be had before. */
  get awayUntil(): number {
    return Math.max(this.#napsUntil, this.session ? 0 : this.#signIn.retryAt);
  }

  // ── signing in ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async signIn(): Promise<void> {
    const arrival = await this.#signIn.attempt();
    if (!arrival) return;
    this.#figures.signIns += 1;
    this.session = beginSession(arrival.sid, this.browser.cookieHeader);
    const page = await this.browser.navigate(arrival.path);
    if (arrival.form === undefined) this.#judge(page);
    else await this.#sendKeptForm(page, arrival.form);
  }

  async #sendKeptForm(page: Exchanged, form: string): Promise<void> {
    if (this.#isOut(page)) return this.#leave(page);
    const [, token] = /name="postern-form" value="([^"]+)"/.exec(page.body) ?? [];
    if (token === undefined) return this.#complainOf('a kept form is sent again', page);
    const sent = await this.browser.post('/form', `postern-form=${token}\r\n`, 'text/plain');
    this.#figures.formsKept += 1;
    if (this.#judge(sent) === 'in' && seenBy(sent)?.digest !== digestOf(form))
      this.#complainOf('a kept form arrives as it was', sent);
  }

  // ── being signed in ───────────────────────────────────────────────────────────────────────────────────────────────────────

  async click(): Promise<void> {
    await this.#ask(`/page?n=${nonce()}`);
  }

  /** A page and what it loads, all at once. */
  async openPage(): Promise<void> {
    await Promise.all(Array.from({ length: 8 }, () => this.#ask(`/part?n=${nonce()}`, 'fetch')));
  }

  async script(): Promise<void> {
    await this.#ask(`/api-of-page?n=${nonce()}`, 'fetch');
  }

  async download(): Promise<void> {
    await this.#ask(`${pick(['/large', '/stream'])}?n=${nonce()}`);
  }

  async upload(): Promise<void> {
    const body = randomBytes(pick([500, 20_000, 300_000]));
    const headers = { 'Content-Type': 'application/octet-stream' };
    const sent = await this.#ask(`/upload?n=${nonce()}`, 'fetch', { method: 'POST', body, headers });
    const seen = seenBy(sent);
    if (seen && seen.digest !== digestOf(body)) this.#complainOf('a body arrives as it was sent', sent);
  }

  /** Where the application is given the access token. */
  async useToken(): Promise<void> {
    const sent = await this.#ask(`/token?n=${nonce()}`, 'fetch');
    if (seenBy(sent)?.hasToken === false) this.#complainOf('the access token is forwarded', sent);
  }

  /** An administrator gives a role, or takes it away. */
  changeRole(): void {
    const { zitadel } = this.#world;
    const { isGiven } = this.#staff;
    const [grant] = [...zitadel.store.authorizations.values()].filter(({ userId }) => userId === this.sub);
    const others = (grant?.roleKeys ?? []).filter((role) => role !== 'staff');
    zitadel.setUserRoles(this.sub, isGiven ? others : [...others, 'staff']);
    this.#staff = { isGiven: !isGiven, since: performance.now() };
  }

  /** Promise 5; where nothing that it needs has been broken since the role was changed. */
  async enterStaffRoom(): Promise<void> {
    const { isGiven, since } = this.#staff;
    const answer = await this.browser.navigate(`/staff?n=${nonce()}`);
    if (answer.status !== 403) this.#judge(answer);
    const isIn = seenBy(answer) !== undefined;
    if (!isIn && answer.status !== 403) return;
    this.noteActivity(answer.to);
    const patience = (isGiven ? LOOK_AGAIN : TIMES.claims) * 1000 + SLACK;
    const hasSettled = answer.from > since + patience;
    const { board } = this.#world;
    const wasBroken =
      board.touched(['token', 'userinfo', 'KV read'], since - ROLES_LAG, answer.to) ||
      board.touched(['revocation'], since, answer.to, ['429']);
    if (!hasSettled || wasBroken) return;
    this.#figures.rolesJudged += 1;
    if (isIn && !isGiven) this.#complainOf('a role that is taken away stops working', answer);
    if (!isIn && isGiven) this.#complainOf('a role that is given works', answer);
  }

  /** A tab that was opened just after the sign-in, with the cookie of then. */
  async useOldTab(): Promise<void> {
    const headers = { Cookie: this.session?.firstCookie ?? '' };
    this.#judge(await this.#world.client.send(`/page?n=${nonce()}`, { headers: { Accept: 'text/html', ...headers } }));
  }

  async hangUp(): Promise<void> {
    await this.browser.fetch(`${pick(['/page', '/large', '/stream', '/token'])}?n=${nonce()}`, {
      hangUpAfter: Math.random() * 60,
    });
    this.noteActivity(performance.now());
  }

  async lookAtOwnPages(): Promise<void> {
    const userinfo = await this.browser.fetch('/auth/userinfo');
    if (userinfo.status === 200) {
      const { sub } = JSON.parse(userinfo.body) as { sub?: string };
      if (sub !== this.sub) this.#complainOf('nobody gets another user’s identity', userinfo);
    } else if (userinfo.status !== 401 || !this.#isOut(userinfo)) {
      this.#complainOf('userinfo tells who is signed in', userinfo);
    }
    const profile = await this.browser.navigate('/auth/profile');
    if (profile.status !== 200 && !this.#isOut(profile)) this.#complainOf('the profile is shown', profile);
    this.noteActivity(profile.to);
  }

  /** Longer than SESSION_DURATION. */
  nap(): void {
    this.#napsUntil = performance.now() + TIMES.session * 1000 + 2 * SLACK;
  }

  // ── leaving ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async signOut(): Promise<void> {
    const cookie = this.browser.cookieHeader;
    const mayBeOver = this.mayBeOut(performance.now());
    const left = await this.browser.post('/auth/logout', 'return_to=%2Fpublic%2Fbye');
    const isGood = left.status === 303 || left.status === 200;
    if (!isGood) return this.#complainOf('signing out works, whatever ZITADEL and KV say', left);
    this.#figures.signOuts += 1;
    this.session = undefined;
    const hasCookie = [...this.browser.cookies.keys()].some((name) => /^postern(\.\d)?$/.test(name));
    if (hasCookie && !mayBeOver) this.#complainOf('signing out takes the cookie away', left);
    this.#stolen.push({ cookie, worthlessFrom: left.to + TIMES.revocation * 1000 });
    if (isToZitadel(this.#world, left)) await this.#leaveZitadel(left.headers.location ?? '');
  }

  async #leaveZitadel(endSession: string): Promise<void> {
    const response = await this.#world.zitadel.fetch(endSession);
    const location = response.headers.get('location');
    if (location === null) return this.#world.judge.complain('end_session leads back', `status ${response.status}`);
    const back = await this.browser.navigate(pathOf(location), { headers: { 'Sec-Fetch-Site': 'cross-site' } });
    if (back.status !== 302 && back.status !== 200) this.#complainOf('the way back from end_session works', back);
  }

  /** An administrator ends the session at ZITADEL. */
  endAtZitadel(): void {
    const { session } = this;
    if (!session || !this.#world.zitadel.terminateSession(session.sid)) return;
    this.#figures.endedByZitadel += 1;
    session.endedAtZitadel = performance.now();
  }

  /** The gateway has taken ZITADEL's logout token. */
  noticeTaken(sid: string): void {
    if (this.session?.sid !== sid) return;
    this.session.mustEndBy = performance.now() + TIMES.revocation * 1000 + SLACK;
  }

  renewalCutShort(): void {
    if (this.session) this.session.isRenewalCut = true;
  }

  // ── judging ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #ask(path: string, how: 'navigate' | 'fetch' = 'navigate', asked: Asked = {}): Promise<Exchanged> {
    const exchanged = await this.browser[how](path, asked);
    this.#judge(exchanged);
    return exchanged;
  }

  #judge(exchanged: Exchanged): 'in' | 'out' | 'broken' {
    const { status, path } = exchanged;
    const { board } = this.#world;
    if (this.#isOut(exchanged)) {
      this.#leave(exchanged);
      return 'out';
    }
    const seen = seenBy(exchanged);
    if (seen) {
      if (seen.user !== this.sub) this.#complainOf('nobody gets another user’s identity', exchanged);
      if (seen.url !== path) this.#complainOf('nobody gets another request’s answer', exchanged);
      if (status !== 200) this.#complainOf('the application’s answer comes as it was', exchanged);
      this.#stay(exchanged);
      this.noteActivity(exchanged.to);
      return 'in';
    }
    this.noteActivity(exchanged.to);
    if (isOfBrokenUpstream(this.#world, exchanged)) return 'broken';
    const lacksToken = status === 503 && path.startsWith('/token');
    // A sign-out that ZITADEL answered with 429 makes all sessions wait.
    const places = ['token', 'userinfo', 'revocation', 'KV read'] as const;
    if (lacksToken && board.touched(places, exchanged.from - TOKEN_LAG, exchanged.to)) return 'broken';
    this.#complainOf('whoever is signed in reaches the application', exchanged);
    return 'broken';
  }

  /** A request counts as activity even if nobody answered it, or the application was broken. */
  noteActivity(at: number): void {
    if (this.session) this.session.perhapsActiveAt = Math.max(this.session.perhapsActiveAt, at);
  }

  #stay({ from }: Exchanged): void {
    const { session } = this;
    if (!session) return;
    const overdue = whyOverdue(session, from);
    if (overdue !== undefined) this.#world.judge.complain(overdue, describeSession(session, from));
    session.activeAt = Math.max(session.activeAt, from);
  }

  #isOut(exchanged: Exchanged): boolean {
    return exchanged.status === 401 || isToZitadel(this.#world, exchanged);
  }

  #leave(exchanged: Exchanged): void {
    const { session } = this;
    if (!session) return;
    const why = whyOver(session, exchanged.to, this.#world.board);
    if (why === undefined)
      this.#complainOf('nobody who is signed in is sent to sign in', exchanged, describeSession(session, exchanged.to));
    else if (why !== 'time') this.#figures[why] += 1;
    this.session = undefined;
    this.browser.cookies.clear();
  }

  mayBeOut(at: number): boolean {
    return !this.session || whyOver(this.session, at, this.#world.board) !== undefined;
  }

  #complainOf(what: string, exchanged: Exchanged, about?: string): void {
    this.#world.judge.complainOf(what, exchanged, about);
  }
}

function digestOf(body: Buffer | string): string {
  return createHash('sha256').update(body).digest('hex');
}
