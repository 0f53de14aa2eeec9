// A provider that lies in one point at a time, and what must come of it: nothing.

import { expect } from 'vitest';
import type { JwtHeader, SigningKey } from '../../stand-in/keys.ts';
import type { Json } from '../../stand-in/tamper.ts';
import { createZitadel } from '../../stand-in/zitadel.ts';
import { expectNoSession, lastFault, logIn } from '../flow/steps.ts';
import { createHarness, type Harness, type HarnessOptions } from '../support/harness.ts';

type TokenKind = 'idToken' | 'logoutToken' | 'accessToken';

/** What differs from an honest token; `undefined` takes a claim or header out. */
export interface Lie {
  readonly claims?: Json;
  readonly header?: Json;
  readonly key?: SigningKey;
}

export function tell(harness: Harness, kind: TokenKind, lie: Lie | ((claims: Json) => Lie)): void {
  harness.zitadel.tamper[kind] = (claims, header) => {
    const told = typeof lie === 'function' ? lie(claims) : lie;
    return {
      claims: { ...claims, ...told.claims },
      header: { ...header, ...told.header } as JwtHeader,
      ...(told.key && { key: told.key }),
    };
  };
}

/** Rewrites the token behind the provider's back, byte by byte if need be. */
export function rewriteIdToken(harness: Harness, rewrite: (idToken: string) => string | Promise<string>): void {
  harness.zitadel.tamper.tokenResponse = async (json) => ({ ...json, id_token: await rewrite(json.id_token) });
}

/** Signs what no library would: any header, any text for a payload. RS256 with the provider's own key. */
export async function signRaw(harness: Harness, header: object, payload: string): Promise<string> {
  const { privateKey, kid } = await harness.zitadel.webKeys.active();
  const encode = (text: string) => Buffer.from(text).toString('base64url');
  const input = `${encode(JSON.stringify({ alg: 'RS256', kid, typ: 'JWT', ...header }))}.${encode(payload)}`;
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

export function payloadOf(jwt: string): string {
  return Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString();
}

/** Another signature of the same length. */
export function breakSignature(jwt: string): string {
  const [header, payload, signature = ''] = jwt.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[0] = (bytes[0] ?? 0) ^ 0xff;
  return `${header}.${payload}.${bytes.toString('base64url')}`;
}

/** A key that no provider of ours has. */
export async function strangersKey() {
  return createZitadel({ issuer: 'https://stranger.test', ownKeys: true }).webKeys.active();
}

export interface Refusal {
  readonly status?: number;
  readonly fault?: string;
  /** The failed check as the log names it, so that a test passes for its own reason only. */
  readonly reason?: RegExp;
}

/** Somebody signs in at the provider that lies: a page with the fault, no session anywhere, one reason in the log. */
export async function expectLoginRefused(harness: Harness, refusal: Refusal = {}): Promise<Response> {
  const { status = 400, fault = 'login_failed', reason } = refusal;
  const browser = harness.browser();
  const response = await logIn(harness, browser);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('text/html');
  const { fault: logged, reason: said } = lastFault(harness);
  expect(logged).toBe(fault);
  if (reason) expect(said).toMatch(reason);
  await expectNoSession(harness, browser);
  return response;
}

/** As above for an ID token: after it, userinfo is not even called (how the conformance suite knows). */
export async function expectIdTokenRefused(
  lie: Lie | ((claims: Json) => Lie),
  reason?: RegExp,
  options?: HarnessOptions,
): Promise<void> {
  const harness = createHarness(options);
  tell(harness, 'idToken', lie);
  await expectLoginRefused(harness, { ...(reason && { reason }) });
  expect(harness.zitadel.calls.userinfo).toBe(0);
}

export async function expectAccepted(harness: Harness): Promise<void> {
  const browser = harness.browser();
  const response = await logIn(harness, browser);
  expect([response.status, lastFault(harness).reason]).toEqual([302, undefined]);
  const me = await browser.fetch('/auth/userinfo');
  expect(me.status).toBe(200);
}
