// Navigations, prefetches and requests that another site caused.
// ARCHITECTURE §3 last paragraph, §2 logout.

import { describe, expect, it } from 'vitest';
import {
  isNavigation,
  isOwnSite,
  isPrefetch,
  mayBeginLogin,
  mayEndSession,
  siteOf,
} from '../../src/policy/navigation.ts';
import { ORIGIN } from './build.ts';

const BY_WEBKIT = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'empty' };
const PASSED_ON = { ...BY_WEBKIT, 'sec-ch-ua': '"Chromium";v="150"' };
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('ARCHITECTURE §3: a navigation', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['a browser’s page', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: HTML }, true],
    ['fetch', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' }, false],
    ['fetch that asks for HTML', { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty', accept: HTML }, false],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, false],
    [
      'a frame: a login cannot be framed',
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', accept: HTML },
      false,
    ],
    ['an object', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object' }, false],
    ['a WebSocket', { 'sec-fetch-mode': 'websocket', 'sec-fetch-dest': 'empty', upgrade: 'websocket' }, false],
    ['passed on by a service worker', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'empty', accept: HTML }, true],
    [
      'passed on by a service worker, in Firefox',
      { 'sec-fetch-mode': 'same-origin', 'sec-fetch-dest': 'empty', 'upgrade-insecure-requests': '1', accept: HTML },
      true,
    ],
    [
      'fetch with a field of navigations',
      { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'upgrade-insecure-requests': '1' },
      false,
    ],
    ['only the mode', { 'sec-fetch-mode': 'navigate' }, true],
    ['only the mode, of a script', { 'sec-fetch-mode': 'cors', accept: HTML }, false],
    ['only the destination', { 'sec-fetch-dest': 'document' }, true],
    [
      'fetch metadata before X-Requested-With',
      { 'sec-fetch-mode': 'navigate', 'x-requested-with': 'XMLHttpRequest' },
      true,
    ],
    ['an older browser’s page', { accept: HTML }, true],
    ['an older browser’s XHR', { accept: HTML, 'x-requested-with': 'XMLHttpRequest' }, false],
    ['htmx, in an older browser', { accept: HTML, 'hx-request': 'true' }, false],
    ['Turbo, in an older browser', { accept: HTML, 'x-turbo-request-id': '1' }, false],
    ['an Android web view', { accept: HTML, 'x-requested-with': 'com.example.app' }, true],
    ['an older browser’s WebSocket', { accept: HTML, upgrade: 'websocket' }, false],
    ['curl', { accept: '*/*' }, false],
    ['nothing at all', {}, false],
    ['JSON', { accept: 'application/json' }, false],
    ['HTML refused', { accept: 'application/json, text/html;q=0' }, false],
    ['HTML refused at length', { accept: 'text/html; q=0.000' }, false],
    ['HTML with a parameter that ends like a weight', { accept: 'text/html;seq=0' }, true],
    ['XHTML alone', { accept: 'application/xhtml+xml' }, true],
    ['HTML, not much liked', { accept: 'application/json, text/html; q=0.1' }, true],
  ])('%s', (_what, headers, expected) => {
    expect(isNavigation(new Headers(headers), 'GET')).toBe(expected);
  });

  it.each([
    ['GET', true],
    ['HEAD', true],
    ['POST', true],
    ['PUT', false],
    ['DELETE', false],
    ['OPTIONS', false],
  ])('%s: %s', (method, expected) => {
    const headers = new Headers({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' });
    expect(isNavigation(headers, method)).toBe(expected);
  });
});

describe('what may begin a login', () => {
  it.each<[string, Record<string, string>, yes: boolean, whereScriptsMay: boolean]>([
    ['a document', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true, true],
    ...['image', 'iframe', 'frame', 'embed', 'object', 'script', 'style', 'video', 'serviceworker', 'report', ''].map(
      (dest): [string, Record<string, string>, boolean, boolean] => [
        dest,
        { 'sec-fetch-dest': dest, accept: HTML },
        false,
        false,
      ],
    ),
    ['fetch', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, false, true],
    ['a service worker', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'empty' }, true, true],
    ['an older browser’s page', { accept: HTML }, true, true],
    ['an older browser’s image', { accept: 'image/webp,*/*;q=0.8' }, false, false],
    ['an older browser’s XHR', { accept: HTML, 'x-requested-with': 'XMLHttpRequest' }, false, true],
    ['an Android web view', { accept: HTML, 'x-requested-with': 'com.example.app' }, true, true],
    ['curl', { accept: '*/*' }, true, true],
  ])('%s', (_what, headers, yes, whereScriptsMay) => {
    expect(mayBeginLogin(new Headers(headers))).toBe(yes);
    expect(mayBeginLogin(new Headers(headers), true)).toBe(whereScriptsMay);
  });
});

describe('ARCHITECTURE §3: a prefetch', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ 'sec-purpose': 'prefetch' }, true],
    [{ 'sec-purpose': 'prefetch;prerender' }, true],
    [{ 'sec-purpose': 'prefetch;anonymous-client-ip' }, true],
    [{ purpose: 'prefetch' }, true],
    [{ 'x-moz': 'prefetch' }, true],
    [{ 'x-purpose': 'preview' }, true],
    [{ 'sec-purpose': 'Prefetch;PRERENDER' }, true],
    [{ 'sec-speculation-tags': 'null' }, true],
    [{ 'x-sec-purpose': 'prefetch' }, true],
    [{ 'moz-purpose': 'prefetch' }, true],
    [{ 'sec-fetch-purpose': 'prefetch' }, true],
    [{ 'next-router-prefetch': '1' }, true],
    [{ 'next-router-prefetch': '2' }, true],
    [{ 'next-router-segment-prefetch': '/_tree' }, true],
    [{ 'x-middleware-prefetch': '1' }, true],
    [{ 'hx-preloaded': 'true' }, true],
    [{ 'hx-preload': '1' }, true],
    [{ 'x-prefetch': '1' }, true],
    [{ 'x-turbo-prefetch': 'true' }, true],
    [{ 'next-router-prefetch': '0' }, false],
    [{ 'x-prefetch': 'false' }, false],
    [{ 'x-prefetch': '?0' }, false],
    [{ 'x-prefetch': '' }, false],
    [{ 'service-worker-navigation-preload': 'true' }, false],
    // What real navigations of these frameworks carry too.
    [{ rsc: '1', 'next-url': '/', 'next-router-state-tree': '%5B%22prefetch%22%5D', 'x-nextjs-data': '1' }, false],
    [{ 'hx-request': 'true', 'hx-boosted': 'true', 'turbo-frame': 'prefetch', 'x-inertia': 'true' }, false],
    [{ 'x-prefetch-count': '3', 'x-prerender-token': 'x' }, false],
    [{ purpose: 'unprefetchable' }, false],
    [{}, false],
  ])('%j: %s', (headers, expected) => {
    expect(isPrefetch(new Headers(headers))).toBe(expected);
  });
});

describe('what may end a session without a question', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ 'sec-fetch-dest': 'document' }, true],
    [{ 'sec-fetch-dest': 'iframe' }, true],
    [{ 'sec-fetch-dest': 'frame' }, true],
    ...['empty', 'image', 'script', 'embed', 'object', ''].map((dest): [Record<string, string>, boolean] => [
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest },
      false,
    ]),
    [{}, true],
    [{ 'x-requested-with': 'com.example.app' }, true],
    [{ 'x-requested-with': 'XMLHttpRequest' }, false],
  ])('%j: %s', (headers, expected) => {
    expect(mayEndSession(new Headers(headers))).toBe(expected);
  });
});

describe('ARCHITECTURE §2: who caused a logout', () => {
  it.each<[Record<string, string>, string, boolean]>([
    [{ 'sec-fetch-site': 'same-origin', ...PASSED_ON, origin: ORIGIN, referer: `${ORIGIN}/x` }, 'same-origin', true],
    [
      { 'sec-fetch-site': 'same-origin', ...PASSED_ON, origin: ORIGIN, referer: 'https://evil.example/' },
      'cross-site',
      false,
    ],
    [{ 'sec-fetch-site': 'same-origin', ...PASSED_ON, origin: 'null', referer: `${ORIGIN}/x` }, 'cross-site', false],
    [{ 'sec-fetch-site': 'same-origin', ...PASSED_ON, origin: ORIGIN }, 'cross-site', false],
    [{ 'sec-fetch-site': 'same-origin', ...PASSED_ON }, 'cross-site', false],
    [{ 'sec-fetch-site': 'cross-site', ...PASSED_ON, origin: ORIGIN, referer: `${ORIGIN}/x` }, 'cross-site', false],
    [{ 'sec-fetch-site': 'same-origin', ...BY_WEBKIT, origin: ORIGIN, referer: `${ORIGIN}/x` }, 'cross-site', false],
    [{ 'sec-fetch-site': 'none', ...BY_WEBKIT }, 'none', true],
    [{ 'sec-fetch-site': 'same-origin' }, 'same-origin', true],
    [{ 'sec-fetch-site': 'none' }, 'none', true],
    [{ 'sec-fetch-site': 'same-site' }, 'same-site', false],
    [{ 'sec-fetch-site': 'cross-site' }, 'cross-site', false],
    [{ 'sec-fetch-site': 'Same-Origin' }, 'cross-site', false],
    [{ 'sec-fetch-site': '' }, 'cross-site', false],
    [{ 'sec-fetch-site': 'cross-site', referer: `${ORIGIN}/x` }, 'cross-site', false],
    [{ origin: ORIGIN }, 'same-origin', true],
    [{ origin: 'null' }, 'cross-site', false],
    [{ origin: 'https://evil.example', referer: `${ORIGIN}/x` }, 'cross-site', false],
    [{ referer: `${ORIGIN}/x?y` }, 'same-origin', true],
    [{ referer: `${ORIGIN}.evil.example/` }, 'cross-site', false],
    [{ referer: 'https://app.example.com@evil.example/' }, 'cross-site', false],
    [{ referer: 'http://app.example.com/' }, 'cross-site', false],
    [{ referer: 'nonsense' }, 'cross-site', false],
    [{}, 'unknown', false],
  ])('%j: %s', (headers, site, isOwn) => {
    expect(siteOf(new Headers(headers), ORIGIN)).toBe(site);
    expect(isOwnSite(new Headers(headers), ORIGIN)).toBe(isOwn);
  });
});
