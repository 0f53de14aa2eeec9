// Secrets that routes name for their own upstreams.
// ARCHITECTURE §1 `upstream_secret`.

import { describe, expect, it } from 'vitest';
import { configOf, issueOf, load, STRONG_SECRET, warningsOf } from './environment.ts';

const _countedBytes = Uint8Array.from({ length: 32 }, (_, i) => i);
const _hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const _base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

describe('upstream_secret: the name of a secret', () => {
  const PARTNER = STRONG_SECRET.split('').reverse().join('');
  const other = STRONG_SECRET.slice(1).toUpperCase();
  const ROUTES = [{ path: '/partner/*', upstream: 'https://partner.example', upstream_secret: 'PARTNER_SECRET' }];

  it.each([
    ['a list', ROUTES],
    ['JSON', JSON.stringify(ROUTES)],
    ['JSON with blanks', JSON.stringify(ROUTES, null, 2)],
  ])('is known as a variable, of ROUTES as %s', (_what, routes) => {
    const config = configOf({ ROUTES: routes, PARTNER_SECRET: `${PARTNER},${other}` });
    expect(config.namedSecrets).toEqual({ PARTNER_SECRET: [PARTNER, other] });
    expect(JSON.stringify(config.routes)).not.toContain(PARTNER);
  });

  it('is a problem where it is missing', () => {
    expect(issueOf({ ROUTES })).toMatchObject({ variable: 'PARTNER_SECRET', found: 'nothing' });
    expect(issueOf({ ROUTES, PARTNER_SECRET: '' })).toMatchObject({ variable: 'PARTNER_SECRET', found: 'nothing' });
  });

  it('is a problem where nothing names it', () => {
    expect(issueOf({ PARTNER_SECRET: PARTNER }).variable).toBe('PARTNER_SECRET');
  });

  it.each([
    ['short', STRONG_SECRET.slice(0, 31)],
    ['repeated', 'ab'.repeat(20)],
    ['a placeholder', 'replace-me-with-the-output-of-openssl-rand-hex-32'],
    ['a binding', { fetch() {} }],
    ['of the gateway’s own: SESSION_SECRET', STRONG_SECRET],
    ['of the gateway’s own: UPSTREAM_SECRET, while it rotates', `${other},${PARTNER}`],
    ['of the gateway’s own: OPERATOR_SECRET', `${STRONG_SECRET.slice(0, 40)}`],
  ])('is refused when it is %s', (_what, PARTNER_SECRET) => {
    const own = { UPSTREAM_SECRET: PARTNER, OPERATOR_SECRET: STRONG_SECRET.slice(0, 40) };
    const issue = issueOf({ ...own, ROUTES, PARTNER_SECRET });
    expect(issue.variable).toMatch(/^PARTNER_SECRET/);
    expect(JSON.stringify(issue)).not.toContain(String(PARTNER_SECRET).slice(0, 20));
  });

  it.each(['SESSION_SECRET', 'UPSTREAM_SECRET', 'OPERATOR_SECRET', 'UPSTREAM_URL', 'USER_SESSIONS'])(
    'is not %s: that is the gateway’s',
    (upstream_secret) => {
      const own = { UPSTREAM_SECRET: PARTNER, OPERATOR_SECRET: other };
      const issue = issueOf({ ...own, ROUTES: [{ ...ROUTES[0], upstream_secret }] });
      expect(issue.variable).toBe('ROUTES, route 1, upstream_secret');
    },
  );

  it('is of no use without an upstream', () => {
    const issue = issueOf({ ROUTES: [{ path: '/x', upstream_secret: 'PARTNER_SECRET' }], PARTNER_SECRET: PARTNER });
    expect(issue.variable).toBe('ROUTES, route 1, upstream_secret');
  });

  it('of two upstreams at once is a warning', () => {
    const second = { ...ROUTES[0], path: '/second/*', upstream: 'https://second.example' };
    const loaded = load({ ROUTES: [...ROUTES, second], PARTNER_SECRET: PARTNER });
    expect(loaded.ok && loaded.warnings).toEqual([
      'PARTNER_SECRET is the secret of several upstreams: each learns that of the others',
    ]);
  });

  it('with the value of another one is a warning, also while one of them rotates', () => {
    const second = { path: '/second/*', upstream: 'https://second.example', upstream_secret: 'SECOND_SECRET' };
    const warningOf = (SECOND_SECRET: string) =>
      warningsOf({ ROUTES: [...ROUTES, second], PARTNER_SECRET: PARTNER, SECOND_SECRET });
    const twins = 'PARTNER_SECRET and SECOND_SECRET have one value: each upstream learns the other’s secret';
    expect(warningOf(PARTNER)).toEqual([twins]);
    expect(warningOf(`${other},${PARTNER}`)).toEqual([twins]);
    expect(warningOf(other)).toEqual([]);
  });

  it('makes no second problem where a rule is wrong in another way', () => {
    const issue = issueOf({ ROUTES: [{ ...ROUTES[0], acces: 'public' }], PARTNER_SECRET: PARTNER });
    expect(issue.variable).toBe('ROUTES, route 1, acces');
  });
});
