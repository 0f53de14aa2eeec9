// Preflights, and the origins that may pass with them.
// ARCHITECTURE §1 Routes, field `cors`.

import { describe, expect, it } from 'vitest';
import { allowedCorsOrigin, isPreflight } from '../../src/policy/cors.ts';
import { requirementOf, route, rulesOf } from './build.ts';

const app = 'https://app.example.com';
const other = 'https://other.example.com';

describe('real CORS preflights', () => {
  const asked = { origin: app, 'access-control-request-method': 'POST' };

  it('are OPTIONS with Origin and Access-Control-Request-Method', () => {
    expect(isPreflight('OPTIONS', new Headers(asked))).toBe(true);
  });

  it('are not: another method, or one of the headers missing', () => {
    expect(isPreflight('POST', new Headers(asked))).toBe(false);
    expect(isPreflight('OPTIONS', new Headers({ origin: app }))).toBe(false);
    expect(isPreflight('OPTIONS', new Headers({ 'access-control-request-method': 'POST' }))).toBe(false);
  });
});

describe('ARCHITECTURE §1: cors', () => {
  const rules = rulesOf(
    route('/api/*', { cors: [app, other] }),
    route('/one/*', { cors: [app] }),
    route('/shut/*', { access: 'deny', cors: [app] }),
    route('/public/*', { access: 'public' }),
  );

  it('lets the listed origins pass and no others', () => {
    const requirement = requirementOf(rules, '/api/x');
    expect(allowedCorsOrigin(requirement, app)).toBe(true);
    expect(allowedCorsOrigin(requirement, 'https://evilapp.example.com')).toBe(false);
    expect(allowedCorsOrigin(requirement, 'http://app.example.com')).toBe(false);
    expect(allowedCorsOrigin(requirement, `${app}.evil.example`)).toBe(false);
    expect(allowedCorsOrigin(requirement, 'null')).toBe(false);
    expect(allowedCorsOrigin(requirement, null)).toBe(false);
  });

  it('lets an origin pass only if every reading does', () => {
    expect(allowedCorsOrigin(requirementOf(rules, '/api/..%2fone/x'), app)).toBe(true);
    expect(allowedCorsOrigin(requirementOf(rules, '/api/..%2fone/x'), other)).toBe(false);
    expect(allowedCorsOrigin(requirementOf(rules, '/api/..%2felse'), app)).toBe(false);
    expect(allowedCorsOrigin(requirementOf(rules, '/public/..%2felse'), app)).toBe(false);
  });

  it('never lets the origin null pass: any sandboxed page has it', () => {
    const careless = rulesOf(route('/api/*', { cors: ['null'] }));
    expect(allowedCorsOrigin(requirementOf(careless, '/api/x'), 'null')).toBe(false);
  });

  it('names no origin where none is listed, and none where access is denied', () => {
    for (const path of ['/public/x', '/else', '/shut/x']) expect(requirementOf(rules, path).cors).toEqual([]);
  });

  it('lets nobody pass where access is denied', () => {
    expect(allowedCorsOrigin(requirementOf(rules, '/shut/x'), app)).toBe(false);
  });
});
