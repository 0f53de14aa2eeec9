// Small readings of what anybody may send: traces, hops, languages, browsers, claims written as header values, links.
// W3C Trace Context §3.2; RFC 8586; RFC 9110 §12.5.4; ARCHITECTURE §4 (encoding).

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { headerValue } from '../../../src/identity/header-value.ts';
import { withoutSecrets } from '../../../src/oidc/zitadel/without-secrets.ts';
import { chooseLanguage } from '../../../src/pages/accept-language.ts';
import { describeUserAgent } from '../../../src/pages/device.ts';
import { html, isolate, safeHref } from '../../../src/pages/markup.ts';
import { isNavigation, isPrefetch, siteOf } from '../../../src/policy/navigation.ts';
import { nextHops } from '../../../src/proxy/loop.ts';
import { nextTraceparent } from '../../../src/proxy/trace-context.ts';
import { GATEWAY_HOP } from '../../../src/shared/field-names.ts';
import { fieldValue, toHeaders } from '../generate/fields.ts';
import { anyText, asFieldValue, mutated } from '../generate/text.ts';
import { createTarget, orFault } from '../target.ts';

const TRACES = ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', `ff-${'0'.repeat(32)}-${'0'.repeat(16)}-00`];

const trace = createTarget({
  name: 'traceparent',
  promise: 'what goes on is a sound trace of version 00; the visitor’s own only if that was sound',
  runs: 1_000,
  given: mutated([...TRACES, `01-${'a'.repeat(32)}-${'b'.repeat(16)}-03-more`], ['0', 'f', '-', 'G']).map(asFieldValue),
  holds(incoming) {
    const next = nextTraceparent(incoming, (bytes) => 'e'.repeat(2 * bytes));
    assert.match(next, /^00-(?!0{32})[0-9a-f]{32}-e{16}-0[01]$/);
    const isOwn = next.slice(3, 35) === 'e'.repeat(32);
    if (!isOwn) assert.match(incoming, /^(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/);
  },
});

const HOP_ID = '00112233445566ff';

const hops = createTarget({
  name: 'hops',
  promise: 'a request that has been here is recognised wherever its mark stands, and the list stays short',
  runs: 1_000,
  given: fc
    .array(fc.oneof(fc.constantFrom(HOP_ID, 'a'.repeat(16), 'b'.repeat(16), ''), anyText), { maxLength: 14 })
    .map((all) => asFieldValue(all.join(', '))),
  async holds(given) {
    const incoming = toHeaders([[GATEWAY_HOP, given]]).get(GATEWAY_HOP);
    const isLoop = (incoming ?? '').split(',').some((hop) => hop.trim() === HOP_ID);
    const next = await orFault(['upstream_loop'], () => nextHops(incoming, HOP_ID));
    if (isLoop) assert.equal(next, undefined);
    if (next !== undefined) assert.match(next, /^([0-9a-f]{16}, ){0,9}00112233445566ff$/);
  },
});

const LANGUAGES = ['en', 'de', 'ja'] as const;

const visitor = createTarget({
  name: 'visitor',
  promise: 'languages, browsers, and what caused a request are read without an exception, each to one of few answers',
  runs: 1_000,
  given: fc.record({
    language: mutated(['de-CH, de;q=0.9, *;q=0.1', 'ja'], ['en', ';q=', '*', '0.5', ',']).map(asFieldValue),
    agent: mutated(
      ['Mozilla/5.0 (iPad; CPU OS 17_0) Version/17.0 Mobile/15E148 Safari/604.1', 'curl/8'],
      ['Version/', '1.'],
    ),
    site: fc.oneof(fc.constantFrom('same-origin', 'cross-site', 'none', 'null'), fieldValue),
    accept: mutated(['text/html,*/*;q=0.8', 'application/json'], ['text/html', ';q=0', ',']).map(asFieldValue),
    purpose: fc.oneof(fc.constantFrom('prefetch', 'prefetch;prerender'), fieldValue),
  }),
  holds({ language, agent, site, accept, purpose }) {
    assert(LANGUAGES.includes(chooseLanguage(language, LANGUAGES).language));
    const { browser = '', system = '' } = describeUserAgent(agent);
    assert(`${browser}${system}`.length < 40);
    const origin = 'https://app.example.com';
    for (const name of ['sec-fetch-site', 'origin', 'referer']) {
      const seen = siteOf(toHeaders([[name, site]]), origin);
      if (seen === 'same-origin')
        assert(site.trim() === 'same-origin' || URL.parse(site.trim())?.origin === origin, site);
    }
    const headers = toHeaders([
      ['accept', accept],
      ['sec-purpose', purpose],
    ]);
    assert.equal(typeof isNavigation(headers, 'GET'), 'boolean');
    if (isPrefetch(headers)) assert.match(purpose, /prefetch|prerender|preview/i);
  },
});

const claim = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.stringMatching(/^[ ,%a-c]*$/),
  fc.string({ unit: fc.constantFrom('\ud800', '\udc00', 'ä', ' ') }),
  mutated(['Zoë, 100 %', 'a,b']),
);

const values = createTarget({
  name: 'header-values',
  promise: 'a claim is printable ASCII without blanks at its ends, and decodes to what it was, item by item in a list',
  runs: 1_000,
  given: fc.record({ claim, items: fc.array(claim, { minLength: 2, maxLength: 6 }) }),
  holds({ claim, items }) {
    const value = headerValue(claim);
    assert.equal(value === undefined, claim === '');
    if (value !== undefined) {
      assert.match(value, /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/);
      assert.equal(decodeURIComponent(value), claim.toWellFormed());
    }
    const list = headerValue(items);
    const received = new Headers({ a: list ?? '' }).get('a') ?? '';
    assert.deepEqual(
      received.split(',').map(decodeURIComponent),
      items.map((item) => item.toWellFormed()),
    );
  },
});

const markup = createTarget({
  name: 'markup',
  promise: 'words from outside stay words, and links stay here or are plain HTTP',
  runs: 1_000,
  given: fc.oneof(
    anyText,
    mutated(['<script>alert(1)</script>', '"onload="x', '/a/b', 'javascript:x', '//evil.example/']),
  ),
  holds(words) {
    const { text } = html`<p title="${words}">${isolate(words)}</p>`;
    const [whole, title = '', inside = ''] = /^<p title="([^"]*)"><bdi>([\s\S]*)<\/bdi><\/p>$/.exec(text) ?? [];
    assert.equal(whole, text);
    assert.doesNotMatch(title + inside, /[<>"']/);
    const href = URL.parse(safeHref(words, 'https://app.example.com'), 'https://app.example.com/auth/profile');
    assert(href !== null && /^https?:$/.test(href.protocol), words);
    if (words.startsWith('/')) assert.equal(href.origin, 'https://app.example.com', words);
  },
});

const secret = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc.uint8Array({ minLength: 16, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  fc.uuid(),
);

const providersWords = createTarget({
  name: 'provider-words',
  promise: 'what could be a code or a token is left out, wherever it stands, and words are said as they are',
  runs: 1_000,
  given: fc.record({
    // Chance has a digit among so many characters, fewer than six of them in a row.
    secret: secret.filter((text) => /[A-Za-z]\d[A-Za-z]/.test(text)),
    before: fc.constantFrom('', 'code ', '"', 'code=', '?code=', '(', 'token:', 'https://app.example.com/cb?code='),
    after: fc.constantFrom('', ' is unknown', '"', '&state=x', ')', ',', '.', ';'),
    words: fc.array(
      fc.constantFrom('Errors.OIDCSession.RefreshTokenInvalid', 'the', 'redirect_uri', 'OAuth2', '(QUERY-Vf3eg)'),
    ),
  }),
  holds({ secret, before, after, words }) {
    const said = words.join(' ');
    const cut = withoutSecrets(`${said} ${before}${secret}${after}`);
    assert(cut.startsWith(said), cut);
    for (let at = 0; at + 8 <= secret.length; at += 4) assert(!cut.includes(secret.slice(at, at + 8)), cut);
    assert.equal(withoutSecrets(said), said);
  },
});

export const wordTargets = [trace, hops, visitor, values, markup, providersWords];
