// Addresses on our own origin: what a type alone promises, and the two ways to shorten one.

import { expect, it } from 'vitest';
import { addressOf, withoutQuery } from '../../src/shared/own-address.ts';

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
