// Whatever a visitor's fields name: what is ours goes up under the name by which the upstream is called, what is not never does.
// ARCHITECTURE §4 `UPSTREAM_HOST`.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileReservedNames } from '../../../src/identity/reserved-names.ts';
import { compileUpstreamRequest } from '../../../src/proxy/upstream-request.ts';
import { createTarget } from '../target.ts';

const ORIGIN = 'https://app.example.com';
const TARGET = { origin: 'http://app.internal:8080', basePath: '/base' };
const SITES: Readonly<Record<string, string>> = {
  upstream: TARGET.origin,
  public: ORIGIN,
  'wiki.example': 'http://wiki.example',
};
const NAMES = ['origin', 'referer', 'destination'] as const;

const host = fc.oneof(
  fc.constantFrom('app.example.com', 'APP.example.com', 'app.example.com:443', 'app.example.com:8443'),
  fc.constantFrom('app.internal:8080', 'app.internal', 'wiki.example', 'wiki.example:443', 'evil.example'),
  fc.constantFrom('app.example.com.evil.example', 'app.example.com@evil.example', 'x@app.example.com', ''),
  fc.domain(),
);
const scheme = fc.constantFrom(
  'https://',
  'http://',
  'HTTPS://',
  'https:',
  'https:/',
  'https:\\\\',
  '//',
  'ftp://',
  'null',
);
const rest = fc.oneof(
  fc.constantFrom('', '/', '/a?b#c', '?a', '#', '\\a', '/a/../b', '/%2e%2e/b', `/${ORIGIN}/`, ':443', ' '),
  fc.webPath(),
  fc.string(),
);
const address = fc.tuple(scheme, host, rest).map((parts) => parts.join(''));

/** By URL's own judgement, and none of ours. */
const originOf = (value: string | null) => (value === null ? undefined : URL.parse(value)?.origin);
const hostOf = (value: string | null) => (value === null ? undefined : URL.parse(value)?.host);

function isHeaderText(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value) && value.trim() === value;
}

const ownAddresses = createTarget({
  name: 'own-addresses',
  promise: 'an address of ours goes up under the name the upstream is called by, and a foreign one never does',
  runs: 10_000,
  given: fc.record({ value: address.filter(isHeaderText), called: fc.constantFrom(...Object.keys(SITES)) }),
  holds({ value, called }) {
    const site = SITES[called] ?? '';
    const build = compileUpstreamRequest(
      { upstream: TARGET, upstreamHost: called, isSecure: true, upstreamSecrets: [], namedSecrets: {} },
      compileReservedNames({}),
    );
    const extras = { requestId: 'r', traceparent: 't', consumesAuthorization: false, identityHeaders: [] };
    const headers = new Headers(NAMES.map((name) => [name, value]));
    const sent = build({ url: `${ORIGIN}/x`, headers }, {}, extras).headers;
    const isOurs = originOf(value) === ORIGIN;
    for (const name of ['origin', 'referer']) {
      const got = sent.get(name);
      if (isOurs) assert.equal(originOf(got), site, name);
      else if (called === 'public') assert.notEqual(originOf(got), ORIGIN, name);
      // Applications compare hosts, with their own Host or with the name that they are called by.
      else for (const own of [site, TARGET.origin]) assert.notEqual(hostOf(got), hostOf(own), name);
    }
    if (isOurs) assert.equal(sent.get('origin'), site);
    // Of a destination the host alone says whose it is.
    const destination = sent.get('destination');
    if (/^https:\/\/[^/]/.test(value) && hostOf(value) === hostOf(ORIGIN) && !/\s/.test(value))
      assert(destination?.startsWith(`${site}/base/`), String(destination));
  },
});

export const ownAddressTargets = [ownAddresses];
