// What caches are told of the application’s answers.
// ARCHITECTURE §4 "Never reaches the visitor". RFC 9111 §5.2.2.

import { describe, expect, it } from 'vitest';
import { type Circumstances, received } from './upstream-response-bed.ts';

describe('caches', () => {
  const cached = (fields: Record<string, string>, circumstances?: Circumstances) =>
    received(fields, circumstances).get('cache-control');

  it.each([
    ['public, max-age=60', 'private, max-age=60'],
    ['max-age=60', 'private, max-age=60'],
    ['s-maxage=60, Public', 'private'],
    ['no-cache', 'private, no-cache'],
    ['private, s-maxage=9', 'private'],
    ['private="set-cookie, x", max-age=1', 'private, max-age=1'],
    ['private, max-age=60', 'private, max-age=60'],
    ['PRIVATE', 'PRIVATE'],
    ['no-store', 'no-store'],
    ['public, No-Store', 'public, No-Store'],
    ['immutable, max-age="6,public"', 'private, immutable, max-age="6,public"'],
  ])('a known user’s %s', (from, to) => expect(cached({ 'Cache-Control': from })).toBe(to));

  it.each([
    ['no word', {}, 'private, no-store'],
    ['private', { 'Cache-Control': 'private' }, 'private, no-store'],
    ['no-cache', { 'Cache-Control': 'no-cache, no-transform' }, 'private, no-cache, no-transform, no-store'],
    ['no lifetime', { 'Cache-Control': 'public, max-age=0, s-maxage=9' }, 'private, max-age=0, no-store'],
    ['a date in the past', { Expires: '0' }, 'private, no-store'],
    ['no-store', { 'Cache-Control': 'no-store' }, 'no-store'],
    ['a lifetime', { 'Cache-Control': 'max-age="060"' }, 'private, max-age="060"'],
    ['for ever', { 'Cache-Control': 'immutable' }, 'private, immutable'],
    ['stale for a while', { 'Cache-Control': 'stale-while-revalidate=9' }, 'private, stale-while-revalidate=9'],
    ['a day', { Date: 'Thu, 01 Dec 2199 16:00:00 GMT', Expires: 'Fri, 02 Dec 2199 16:00:00 GMT' }, 'private'],
  ])('a page of a known user with %s', (_name, fields, to) => {
    expect(cached({ 'Content-Type': 'text/html', ...fields }, { keeping: 'no-pages' })).toBe(to);
  });

  it.each([
    ['text/html; charset=utf-8', true],
    ['application/xhtml+xml', true],
    ['text/plain', true],
    ['application/json', true],
    ['application/problem+json', true],
    ['', true],
    ['image/png', false],
    ['application/pdf', false],
    ['video/mp4', false],
  ])('a page is what is shown as text: %s', (type, isPage) => {
    const fields: Record<string, string> = type === '' ? {} : { 'Content-Type': type };
    expect(cached(fields, { keeping: 'no-pages' })).toBe(isPage ? 'private, no-store' : 'private');
    expect(cached({ ...fields, 'Content-Disposition': 'attachment; filename=x' }, { keeping: 'no-pages' })).toBe(
      'private',
    );
  });

  it('nothing at all is kept where the rule says so', () => {
    const fields = { 'Content-Type': 'image/png', 'Cache-Control': 'public, max-age=60' };
    expect(cached(fields, { keeping: 'nothing' })).toBe('private, max-age=60, no-store');
  });

  it('a known user’s response without a word on caching is private too', () => {
    const headers = received({ ETag: '"1"', 'Last-Modified': 'x', Expires: 'Thu, 01 Dec 2199 16:00:00 GMT' });
    expect(headers.get('cache-control')).toBe('private');
    expect([headers.get('etag'), headers.get('vary')]).toEqual(['"1"', 'Cookie']);
  });

  it.each(['CDN-Cache-Control', 'Cloudflare-CDN-Cache-Control', 'Surrogate-Control', 'X-Accel-Expires'])(
    '%s goes',
    (name) => expect(received({ [name]: 'max-age=60' }).has(name)).toBe(false),
  );

  it.each([
    ['Accept', 'Accept, Cookie'],
    ['Accept, cookie', 'Accept, cookie'],
    ['*', '*'],
  ])('Vary: %s', (from, to) => expect(received({ vary: from }).get('vary')).toBe(to));

  it('what was made for nobody stays cacheable', () => {
    const fields = { 'Cache-Control': 'public, s-maxage=60', 'CDN-Cache-Control': 'max-age=60' };
    const headers = received(fields, { isPersonal: false });
    expect([headers.get('cache-control'), headers.get('cdn-cache-control'), headers.has('vary')]).toEqual([
      'public, s-maxage=60',
      'max-age=60',
      false,
    ]);
  });
});
