// ROUTES: the fields that say where a request goes and what goes with it.
// ARCHITECTURE §1 Routes.

import { describe, expect, it } from 'vitest';
import { Fetcher, routeIssue, routeOf } from './environment.ts';

describe('upstream', () => {
  it('takes a service binding that exists', () => {
    const upstream = { origin: 'http://reports', basePath: '', binding: 'REPORTS' };
    expect(routeOf({ path: '/a', upstream: 'service:REPORTS' }, { REPORTS: new Fetcher() })?.upstream).toEqual(
      upstream,
    );
  });

  it('refuses a service binding that is missing', () => {
    expect(routeIssue({ path: '/a', upstream: 'service:REPORTS' })).toMatchObject({
      variable: 'ROUTES, route 1, upstream',
      found: '"service:REPORTS"',
      wanted: expect.stringContaining('REPORTS'),
    });
  });

  it('refuses the gateway’s own origin', () => {
    expect(routeIssue({ path: '/a', upstream: 'https://app.example.com/x' }).wanted).toContain('call itself');
  });

  it.each(['reports', 'service:', 'service:a-b', 'https://a/?b', ''])('refuses %j', (upstream) => {
    expect(routeIssue({ path: '/a', upstream }).variable).toBe('ROUTES, route 1, upstream');
  });
});

describe('strip_prefix', () => {
  it.each([
    ['/a/*', true, true],
    ['/a/*', 'true', true],
    ['/a/b/*', '/a', '/a'],
    ['/a/b/*', '/a/b/', '/a/b'],
    ['/a/b', '/a', '/a'],
  ])('of %s takes %j', (path, strip_prefix, expected) => {
    expect(routeOf({ path, strip_prefix })?.strip_prefix).toBe(expected);
  });

  it.each([
    ['/a', true],
    ['/a', 'true'],
    ['/ab/*', '/a'],
    ['/a/*', '/b'],
    ['/a/*', 'a'],
    ['/a/*', '/'],
    ['/a*/*', '/a*'],
    ['/a/*', false],
    ['/a/*', 1],
  ])('of %s refuses %j', (path, strip_prefix) => {
    expect(routeIssue({ path, strip_prefix }).variable).toBe('ROUTES, route 1, strip_prefix');
  });
});

describe('the other fields', () => {
  it.each(['max_age', 'claims_max_age', 'timeout'])('%s is seconds', (field) => {
    expect(routeOf({ path: '/a', [field]: '5' })).toMatchObject({ [field]: 5 });
    for (const value of [0, -1, 1.5, 'x']) {
      expect(routeIssue({ path: '/a', [field]: value }).variable).toBe(`ROUTES, route 1, ${field}`);
    }
  });

  it.each(['unauthenticated', 'mode', 'access'])('%s is one of its names', (field) => {
    expect(routeIssue({ path: '/a', [field]: 'nonsense' }).wanted).toContain('one of');
  });

  it.each(['forward_access_token', 'forward_id_token'])('%s is true or false', (field) => {
    expect(routeIssue({ path: '/a', [field]: 'yes' }).wanted).toBe('true or false');
  });
});
