// An application that answers anything: what reaches the visitor is a response, nobody else's, and none of the gateway's cookies are in it.
// ARCHITECTURE §4 "Never reaches the visitor"; §3 (502).

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { UPSTREAM } from '../../support/harness.ts';
import { BASE } from '../generate/cookies.ts';
import { fields, toHeaders } from '../generate/fields.ts';
import { anyText } from '../generate/text.ts';
import { createTarget } from '../target.ts';
import * as stages from './stage.ts';

const STATUSES = [200, 201, 204, 205, 206, 301, 302, 304, 400, 401, 403, 404, 407, 417, 421, 500, 502, 503, 599];

const application = createTarget({
  name: 'application',
  promise:
    'whatever the application answers arrives as its answer, kept from shared caches, without a cookie under our names',
  runs: 150,
  budget: 600,
  given: fc.record({
    status: fc.constantFrom(...STATUSES),
    statusText: fc.constantFrom('', 'OK', 'Größe', 'a\tb'),
    fields,
    cookie: fc.constantFrom('a=b', `${BASE}=x`, ` ${BASE}.0=x`, `"${BASE}=x`, '__HOST-POSTERN-tx-1=x'),
    text: anyText,
    method: fc.constantFrom('GET', 'HEAD', 'POST'),
    path: fc.constantFrom('/page', '/public/a', '/strip/a'),
    isRefused: fc.constantFrom(false, false, false, true),
  }),
  ready: stages.createStages(),
  async holds({ status, statusText, fields, cookie, text, method, path, isRefused }, stage) {
    const hasBody = ![204, 205, 304].includes(status);
    stage.upstream = () => {
      if (isRefused) throw new TypeError('connection refused');
      const headers = toHeaders([...fields, ['set-cookie', cookie], ['location', `${UPSTREAM}/there`]]);
      return new Response(hasBody ? text : null, { status, headers, statusText: statusText.replace(/[^ -~\t]/g, 'o') });
    };
    const { cookies } = stages.personOf(stage, 'user');
    const request = stages.requestTo(path, { method, headers: { cookie: cookies, accept: 'application/json' } });
    const response = await stage.harness.app.fetch(request);
    const received = Buffer.from(await response.arrayBuffer());
    await stage.harness.settle();
    const { headers } = response;
    if (isRefused) return assert.equal(response.status, 502);
    assert.equal(response.status, status, JSON.stringify(stages.lastEvent(stage.harness)));
    assert.deepEqual(received, Buffer.from(hasBody && method !== 'HEAD' ? text : ''));
    for (const line of headers.getSetCookie()) assert.doesNotMatch(line, /^[^\w]*_*(__)?host-postern/i);
    assert.match(headers.get('cache-control') ?? '', /(^|[\s,])(private|no-store)/i);
    assert.match(headers.get('x-request-id') ?? '', /^[\w-]{20,}$/);
    const location = headers.get('location') ?? '';
    assert(location.includes(',') || !location.startsWith(UPSTREAM), location);
  },
});

export const applicationTargets = [application];
