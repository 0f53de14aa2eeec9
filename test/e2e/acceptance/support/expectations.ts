// What every answer of the gateway's own must look like.

import { expect } from 'vitest';
import type { Answer } from './send.ts';

/** ARCHITECTURE §2: the strict security headers of everything that the gateway makes. */
export function expectOwnHeaders({ headers }: Answer, isHttps = true): void {
  const csp = headers.get('content-security-policy') ?? '';
  expect(csp).toContain("default-src 'none'");
  expect(csp).toContain("frame-ancestors 'none'");
  expect(csp).not.toContain('unsafe-inline');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('permissions-policy')).toBeTruthy();
  expect(headers.has('strict-transport-security')).toBe(isHttps);
  expect(headers.get('x-request-id')).toMatch(/^[\w-]{16,}$/);
}

/** ARCHITECTURE §3: RFC 9457 with exactly the members that stand there. */
export function expectProblem(answer: Answer, status: number, code?: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = answer.json();
  const members = ['type', 'title', 'status', 'code', 'request_id'];
  expect(Object.keys(problem).sort()).toEqual([...members, ...(status === 401 ? ['login_url'] : [])].sort());
  expect(problem.status).toBe(status);
  expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
  if (code !== undefined) expect(problem.code).toBe(code);
  expectOwnHeaders(answer);
}

export function expectPage(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
  // A reference to give to somebody, where something has failed.
  const reference = answer.headers.get('x-request-id') ?? 'none';
  expect(answer.text.includes(reference)).toBe(status >= 400);
  expectOwnHeaders(answer);
}

/** A script that its page carries itself, or an attribute that is one. */
export function expectNoInlineScript({ text }: Answer): void {
  expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/i);
  expect(text).not.toMatch(/<[^>]+\son[a-z]+\s*=/i);
  expect(text).not.toMatch(/javascript:/i);
}
