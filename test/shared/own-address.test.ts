// Addresses on our own origin: what a type alone promises, and the two ways to shorten one.

import { expect, it } from 'vitest';
import { parseReturnTo, type ReturnTo } from '../../src/policy/return-to.ts';
import { addressOf, type OwnAddress, withoutQuery } from '../../src/shared/own-address.ts';

it.each([
  ['https://app.example.com', '/'],
  ['https://app.example.com/a%20b?x=1&y=2', '/a%20b?x=1&y=2'],
  ['https://app.example.com/page#part', '/page'],
  ['https://app.example.com//evil.example/', '//evil.example/'],
])('the address of %s is %s: path and query', (url, address) => {
  expect(addressOf(new URL(url))).toBe(address);
});

it.each([
  ['/page?x=1', '/page'],
  ['/page?x=1?y', '/page'],
  ['/page', '/page'],
  ['/?x', '/'],
])('%s without its query is %s', (address, path) => {
  expect(withoutQuery(addressOf(new URL(address, 'https://app.example.com')))).toBe(path);
});

it('no other text is an address of our own, and nothing but a judged one is a ReturnTo (for the compiler)', () => {
  const judged = parseReturnTo('/page', {
    origin: 'https://app.example.com',
    endpoints: '/auth',
    redirect_uri: 'https://app.example.com/auth/callback',
    post_logout_redirect_uri: 'https://app.example.com/auth/logout/callback',
  });
  const own: OwnAddress | undefined = judged;
  // @ts-expect-error a text is no address
  const text: OwnAddress = '/page';
  // @ts-expect-error a request's own address was not judged
  const unjudged: ReturnTo = addressOf(new URL('https://app.example.com//evil.example'));
  expect([own, text, unjudged]).toEqual(['/page', '/page', '//evil.example']);
});
