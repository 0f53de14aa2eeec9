// UPSTREAM_HOST and `upstream_host`: what they may be, and that nobody is left to find out what fetch can't do.
// ARCHITECTURE §4 `UPSTREAM_HOST`.

import { describe, expect, it } from 'vitest';
import { Fetcher, load as loadWith } from './environment.ts';

const load = (changes: Record<string, unknown>) => loadWith({ REPORTS: new Fetcher(), ...changes });
const warningsOf = (changes: Record<string, unknown>) => {
  const loaded = load(changes);
  return loaded.ok ? loaded.warnings.filter((warning) => warning.includes('Host stays')) : loaded.issues;
};

describe('UPSTREAM_HOST', () => {
  it.each([
    ['upstream', 'upstream'],
    ['public', 'public'],
    ['wiki.example.com', 'wiki.example.com'],
    ['Wiki.Example.com', 'wiki.example.com'],
    ['wiki.example.com:8443', 'wiki.example.com:8443'],
    ['wiki', 'wiki'],
    ['[::1]:8080', '[::1]:8080'],
  ])('%s', (given, taken) => {
    expect(load({ UPSTREAM_HOST: given })).toMatchObject({ ok: true, config: { upstreamHost: taken } });
    expect(load({ ROUTES: [{ path: '/*', upstream_host: given }] })).toMatchObject({
      config: { routes: [{ upstream_host: taken }] },
    });
  });

  it.each([
    '',
    'Public',
    'publik',
    'upstrem',
    'https://wiki.example.com',
    'wiki.example.com/x',
    'a b',
    '*.example.com',
    true,
    7,
  ])('%j is neither', (given) => {
    const loaded = load({ ROUTES: [{ path: '/*', upstream_host: given }] });
    expect(loaded).toMatchObject({ ok: false, issues: [{ variable: 'ROUTES, route 1, upstream_host' }] });
  });

  it('says which word was meant', () => {
    const loaded = load({ UPSTREAM_HOST: 'pubic' });
    expect(loaded).toMatchObject({
      ok: false,
      issues: [{ wanted: expect.stringContaining('did you mean "public"?') }],
    });
  });
});

describe('a Host that fetch does not write is warned of', () => {
  const route = (fields: object) => ({ ROUTES: [{ path: '/x/*', ...fields }] });
  it.each([
    ['the default', {}, 0],
    ['its own', { UPSTREAM_HOST: 'upstream' }, 0],
    ['its own by name', { UPSTREAM_HOST: 'app.internal.example.net' }, 0],
    ['public', { UPSTREAM_HOST: 'public' }, 1],
    ['a name', { UPSTREAM_HOST: 'wiki.example.com' }, 1],
    ['public, a binding', { UPSTREAM_HOST: 'public', UPSTREAM_URL: 'service:REPORTS' }, 0],
    ['a rule', route({ upstream_host: 'public' }), 1],
    ['a rule’s own upstream', route({ upstream: 'http://localhost:1', upstream_host: 'a.example' }), 1],
    ['a rule’s binding', route({ upstream: 'service:REPORTS', upstream_host: 'public' }), 0],
  ])('%s', (_title, changes, expected) => {
    expect(warningsOf(changes)).toHaveLength(expected);
  });

  it('with the place, and what to do', () => {
    expect(warningsOf(route({ upstream_host: 'public' }))[0]).toMatch(
      /^ROUTES, route 1, upstream_host = "public": Host stays app\.internal\.example\.net.*X-Forwarded-Host/,
    );
  });
});
