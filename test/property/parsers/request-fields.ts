// What becomes of a visitor's header fields on their way to the application.
// ARCHITECTURE §4 "Never reaches the upstream"; RFC 9110 §7.6.1.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileReservedNames } from '../../../src/identity/reserved-names.ts';
import { compileUpstreamRequest } from '../../../src/proxy/upstream-request.ts';
import { fields, toHeaders } from '../generate/fields.ts';
import { createTarget } from '../target.ts';

const config = {
  upstream: { origin: 'http://app.internal', basePath: '' },
  isSecure: true,
  upstreamSecrets: ['ours'],
  namedSecrets: {},
};
const build = compileUpstreamRequest(config, compileReservedNames({ identityHeaders: { 'X-Staff': 'sub' } }));

/** What the gateway writes itself; whatever else folds to one of these is a forgery. */
const OWN: Readonly<Record<string, string>> = {
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'app.example.com',
  'x-forwarded-port': '443',
  'x-request-id': 'the-request',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01',
  'x-gateway-secret': 'ours',
  'x-staff': 'zo%C3%AB',
};
const TRUSTED =
  /^(http)*(xforwarded|xauthrequest|remote|forwarded|xoriginal|xrewrite|xhttpmethod|cfconnecting|xstaff$|xrealip$|xrequestid$|xgateway|xidentityassertion$|traceparent$|proxy$)/;
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'proxy-authorization'];
/** Of these there must be one spelling: CGI and WSGI make one name of all. */
const ONE_SPELLING = ['cookie', 'contenttype', 'contentlength', 'authorization', 'host', 'referer', 'origin'];
const NEVER_NAMED_AWAY = ['accept', 'content-type', 'if-none-match', 'range', 'user-agent', 'accept-language'];

const requestFields = createTarget({
  name: 'request-fields',
  promise:
    'no visitor’s field passes for one of the gateway’s, none of a connection’s passes, and honest ones come as they were',
  runs: 2_000,
  given: fc.record({ fields, consumesAuthorization: fc.boolean() }),
  holds({ fields, consumesAuthorization }) {
    const headers = toHeaders(fields);
    const extras = { requestId: 'the-request', traceparent: OWN['traceparent'] ?? '', consumesAuthorization };
    const identityHeaders = [['X-Staff', 'zo%C3%AB']] as const;
    const request = { url: 'https://app.example.com/a?b', headers: new Headers(headers) };
    const sent = build(request, {}, { ...extras, identityHeaders });
    assert.equal(sent.url, 'http://app.internal/a?b');
    for (const [name, value] of Object.entries(OWN)) assert.equal(sent.headers.get(name), value);
    for (const [name, value] of sent.headers) {
      if (Object.hasOwn(OWN, name)) continue;
      const folded = name.replace(/[^a-z0-9]/g, '');
      if (name === 'x-forwarded-for') assert.match(value, /^[0-9a-f.:]+$/i);
      else assert.doesNotMatch(folded, TRUSTED, name);
      assert(!HOP_BY_HOP.includes(name), name);
      const meant = ONE_SPELLING.find((one) => one === folded.replace(/^(http)+/, ''));
      if (meant !== undefined) assert.equal(name.replace('-', ''), meant, name);
      const came = headers.get(name === 'x-forwarded-for' ? 'cf-connecting-ip' : name);
      // Joined and then set as one, it has no blanks at its ends.
      if (name !== 'cookie') assert.equal(value, new Headers({ a: came ?? '' }).get('a'));
    }
    assert.doesNotMatch(sent.headers.get('cookie') ?? '', /(^|[;,]\s*)__Host-postern/i);
    if (consumesAuthorization) assert.equal(sent.headers.get('authorization'), null);
    for (const name of NEVER_NAMED_AWAY) assert.equal(sent.headers.has(name), headers.has(name), name);
    if (!headers.has('connection')) assert.equal(sent.headers.has('x-kept'), headers.has('x-kept'));
  },
});

export const requestFieldTargets = [requestFields];
