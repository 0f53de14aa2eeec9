// Those who are not signed in during a soak: honest visitors, scanners with invented names, paths and cookies, and API clients with tokens of every kind.

import { randomBytes } from 'node:crypto';
import type { Exchanged } from './soak-browser.ts';
import { RETRY_AFTER } from './soak-faults.ts';
import { APPLICATION } from './soak-upstream.ts';
import { isOfBrokenUpstream, isToZitadel, nonce, pick, SLACK, seenBy, TIMES, type World } from './soak-world.ts';
import { BROWSER_HEADERS } from './stage.ts';

const JSON_HEADERS = { Accept: 'application/json', 'User-Agent': 'soak' };
const invent = (bytes = 9) => randomBytes(bytes).toString('base64url');
const inventName = () => `x-${randomBytes(6).toString('hex')}`;

type Visit = (world: World) => Promise<void>;

function expectStatus({ judge }: World, what: string, exchanged: Exchanged, ...statuses: number[]): void {
  if (exchanged.isBroken || !statuses.includes(exchanged.status)) judge.complainOf(what, exchanged);
  else if (exchanged.headers['x-request-id'] === undefined) judge.complainOf('an answer has a reference', exchanged);
}

/** What a public page is answered; the application must have been told of nobody. */
function expectPublic(world: World, exchanged: Exchanged): void {
  const seen = seenBy(exchanged);
  if (!seen) {
    if (!isOfBrokenUpstream(world, exchanged)) world.judge.complainOf('a public page is open to everybody', exchanged);
  } else if (seen.user !== undefined) world.judge.complainOf('nobody is taken for somebody', exchanged);
  else if (seen.url !== exchanged.path) world.judge.complainOf('nobody gets another request’s answer', exchanged);
}

const STRANGERS: readonly Visit[] = [
  async function reads(world) {
    expectPublic(world, await world.client.send(`/public/${nonce()}`, { headers: BROWSER_HEADERS }));
  },

  async function forges(world) {
    const names = ['X-Forwarded-User', 'X_Forwarded_User', 'Remote-User', 'X-Forwarded-Email', 'X-Auth-Request-User'];
    const headers = Object.fromEntries(names.map((name) => [name, 'forged']));
    const sent = { ...BROWSER_HEADERS, ...headers, 'X-Forwarded-Groups': 'forged', 'X-Forged': 'yes' };
    expectPublic(world, await world.client.send(`/public/${nonce()}`, { headers: sent }));
  },

  async function inventsHeaders(world) {
    const headers = Object.fromEntries(Array.from({ length: 30 }, () => [inventName(), invent()]));
    expectPublic(world, await world.client.send(`/public/${nonce()}`, { headers: { ...BROWSER_HEADERS, ...headers } }));
  },

  async function comesAnonymously(world) {
    const path = `/${invent()}/${invent(pick([3, 30, 300]))}?${invent()}=${invent(pick([9, 2_000]))}`;
    const answer = await world.client.send(path, { headers: { ...BROWSER_HEADERS, 'Accept-Language': invent() } });
    if (!isToZitadel(world, answer)) world.judge.complainOf('an anonymous navigation is sent to ZITADEL', answer);
  },

  async function fetches(world) {
    const answer = await world.client.send(`/${invent()}`, { headers: JSON_HEADERS });
    expectStatus(world, 'an anonymous request that is no navigation gets 401', answer, 401);
  },

  async function inventsCookies(world) {
    const base = 'postern';
    const sealed = `${invent(60)}..${invent(12)}.${invent(700)}.${invent(16)}`;
    const cookie = pick([
      `${base}=${invent(pick([10, 600, 3_000]))}`,
      `${base}=${sealed}`,
      `${base}.0=2~${invent(2_000)}; ${base}.1=${invent(2_000)}`,
      `${base}.0=4~x; ${base}.7=${invent()}`,
      Array.from({ length: 60 }, () => `${base}-tx-${invent(4)}=${invent(20)}`).join('; '),
      Array.from({ length: 100 }, () => `${invent(6)}=${invent(6)}`).join('; '),
    ]);
    const answer = await world.client.send(`/${invent()}`, { headers: { ...JSON_HEADERS, Cookie: cookie } });
    expectStatus(world, 'an invented cookie is no session', answer, 401, 431);
  },

  async function scans(world) {
    const path = pick([
      `/${invent()}%ff%00`,
      `/..%2f..%2f${invent()}`,
      `/a/%2e%2e/%2e%2e/${invent()}`,
      `/${'%25'.repeat(40)}41${invent()}`,
      `//${invent()};${invent()}/./${invent()}//`,
      `/${'a/../'.repeat(300)}${invent()}`,
      `/${'%2f;.'.repeat(200)}${invent()}`,
    ]);
    expectStatus(world, 'nonsense is refused', await world.client.send(path, { headers: JSON_HEADERS }), 400, 401);
  },

  async function knocks(world) {
    const { client } = world;
    const headers = JSON_HEADERS;
    const [answer, ...statuses] = await pick([
      async () => [await client.send(`/auth/${invent()}`, { headers }), 404] as const,
      async () => [await client.send('/', { headers: { ...headers, Host: `${invent()}.example` } }), 421, 400] as const,
      async () =>
        [await client.send(`/auth/callback?state=${invent()}&code=${invent()}`, { headers }), 302, 400] as const,
      async () => [await client.send(`/auth/login?return_to=https://${invent()}.example`, { headers }), 302] as const,
      async () => [await client.send('/auth/operator/sessions', { headers }), 401, 404] as const,
      async () => [await client.send(`/${invent()}`, { headers, method: 'PROPFIND' }), 401] as const,
      async () => [await client.send('/auth/check', { headers }), 401, 403] as const,
      async () => [await client.send('/auth/jwks', { headers }), 200] as const,
      async () => [await client.send('/auth/health', { headers }), 200] as const,
    ])();
    expectStatus(world, 'the gateway’s own endpoints answer as they should', answer, ...statuses);
  },

  async function sendsBadLogoutToken(world) {
    const token = `${Buffer.from(JSON.stringify({ alg: 'RS256', kid: invent() })).toString('base64url')}.${invent(200)}.${invent(256)}`;
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const asked = { method: 'POST', headers, body: `logout_token=${token}` };
    const answer = await world.client.send('/auth/backchannel-logout', asked);
    // Once the budget of key fetches is used up, its key is not looked for.
    expectStatus(world, 'an invented logout token is refused', answer, 400, 503);
  },

  async function sendsTooMuch(world) {
    const body = Buffer.alloc(1_100_000, 'x');
    const headers = { ...BROWSER_HEADERS, Origin: `http://localhost:${world.client.port}` };
    const asked = { method: 'POST', body, headers: { ...headers, 'Content-Type': 'text/plain' } };
    expectStatus(world, 'a form that is too large is not kept', await world.client.send('/form', asked), 413);
  },
];

export const visitAsStranger: Visit = (world) => pick(STRANGERS)(world);

// ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Milliseconds: after a flood of invented keys the next fetch for strangers comes 3 s later. */
export const KEYS_LAG = 4_000;

function areKeysDoubtful({ board }: World, { from, to }: Exchanged): boolean {
  return board.touched(['keys'], from - KEYS_LAG, to);
}

function isIntrospectionAway({ board }: World, { from, to }: Exchanged): boolean {
  return board.touched(['introspection'], from - (RETRY_AFTER + 1) * 1000, to);
}

interface Token {
  readonly sub: string;
  readonly text: string;
  readonly isJwt: boolean;
  readonly expiresAt: number;
  /** When it was revoked at ZITADEL. */
  revokedAt: number;
}

/** Seconds. */
const LIFETIME = 45;
const MOST_TOKENS = 60;

/** API clients with good tokens, some of which expire or are revoked meanwhile. */
export function createApiClients(world: World, subs: readonly string[]): () => Promise<void> {
  const { client, judge, zitadel } = world;
  const tokens: Token[] = [];

  async function mint(): Promise<void> {
    const sub = pick(subs);
    const isJwt = Math.random() < 0.5;
    const text = await zitadel.mintAccessToken({ sub, jwt: isJwt, lifetime: LIFETIME });
    const expiresAt = performance.now() + LIFETIME * 1000;
    tokens.push({ sub, text, isJwt, expiresAt, revokedAt: Number.POSITIVE_INFINITY });
    if (tokens.length > MOST_TOKENS) tokens.shift();
  }

  function revoke(): void {
    const token = pick(tokens);
    if (token.isJwt || token.revokedAt < performance.now()) return;
    const live = [...zitadel.sessions.oidc.values()].filter(({ userId, sid }) => userId === token.sub && !sid);
    // All that this user's programs have.
    for (const session of live) session.accessToken = undefined;
    const now = performance.now();
    for (const other of tokens)
      if (other.sub === token.sub && !other.isJwt) other.revokedAt = Math.min(other.revokedAt, now);
  }

  async function use(token: Token): Promise<void> {
    const path = `/api/${nonce()}`;
    const headers = { ...JSON_HEADERS, Authorization: `Bearer ${token.text}` };
    const answer = await client.send(path, { headers });
    const seen = seenBy(answer);
    const isAway = token.isJwt ? areKeysDoubtful(world, answer) : isIntrospectionAway(world, answer);
    const isOver = answer.to > token.expiresAt - SLACK || answer.to > token.revokedAt;
    const mustBeOver = Math.min(token.expiresAt, token.revokedAt + TIMES.claims * 1000) + SLACK;
    if (seen) {
      if (seen.user !== token.sub) judge.complainOf('nobody gets another user’s identity', answer);
      if (answer.from > mustBeOver) judge.complainOf('a token that is over is refused', answer);
    } else if (answer.status === 401) {
      if (!isOver) judge.complainOf('a good token is taken', answer);
    } else if (answer.status === 503) {
      if (!isAway) judge.complainOf('a good token is taken', answer);
    } else if (!isOfBrokenUpstream(world, answer)) judge.complainOf('a good token is taken', answer);
  }

  async function useBad(): Promise<void> {
    const good = tokens.length > 0 ? pick(tokens).text : '';
    const header = (alg: string, kid: string) => Buffer.from(JSON.stringify({ alg, kid })).toString('base64url');
    const text = pick([
      `${good.slice(0, -8)}${invent(6)}`,
      `${header('RS256', invent())}.${invent(120)}.${invent(256)}`,
      `${header('none', '')}.${invent(60)}.`,
      invent(40),
      `${invent(40)}.${invent(40)}.${invent(12)}.${invent(60)}.${invent(16)}`,
      invent(2_500),
    ]);
    const answer = await client.send(`/api/${nonce()}`, {
      headers: { ...JSON_HEADERS, Authorization: `Bearer ${text}` },
    });
    if (answer.headers[APPLICATION] !== undefined) judge.complainOf('a bad token is refused', answer);
    // Once the budget of key fetches is used up, its key is not looked for.
    else expectStatus(world, 'a bad token is refused', answer, 401, 400, 503);
  }

  return async () => {
    const chance = Math.random();
    if (tokens.length < 10 || chance < 0.03) await mint();
    else if (chance < 0.035) revoke();
    if (chance < 0.7) await use(pick(tokens));
    else await useBad();
  };
}
