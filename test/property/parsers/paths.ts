// Every reading of a path, and what the rules make of them.
// ARCHITECTURE §1 One request, every reading.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Route } from '../../../src/config/schema.ts';
import { readingsOf } from '../../../src/policy/readings.ts';
import { caller, judge, route, rulesOf } from '../../policy/build.ts';
import { BYTE_DECODERS } from '../../policy/byte-decoders.ts';
import { DECODE, SERVER_STEPS, slowDecision } from '../../policy/slow-policy.ts';
import { bytePath, longPath, path } from '../generate/paths.ts';
import { createTarget } from '../target.ts';

const server = fc.array(fc.constantFrom(...Object.keys(SERVER_STEPS)), { maxLength: 8 });

const readings = createTarget({
  name: 'readings',
  promise: 'every server’s reading of a path is among the readings',
  runs: 15_000,
  given: fc.record({ path, before: server, after: server }),
  holds({ path, before, after }) {
    const read = readingsOf(path);
    if (!read.ok) return;
    const seen = [...before, DECODE, ...after].reduce((each, step) => SERVER_STEPS[step]?.(each) ?? each, path);
    assert(read.readings.includes(seen), `${seen} is none of ${JSON.stringify(read.readings)}`);
  },
});

/** Counted, not timed: what reading a path can cost is bounded by how much there is of it. */
const work = createTarget({
  name: 'readings-bounded',
  promise: 'a path of any length has few readings, and all together are not long',
  runs: 2_000,
  given: longPath,
  holds(path) {
    const read = readingsOf(path);
    if (!read.ok) return assert.match(read.reason, /^(no path|control|broken|climbs|too many|overlong)/);
    assert(read.readings.length <= 128);
    const characters = read.readings.reduce((sum, reading) => sum + reading.length, 0);
    assert(
      read.readings.length === 1 || characters <= 2 * path.length + 3 * (40_960 + 16 * path.length),
      `${characters} characters`,
    );
    for (const reading of read.readings) assert.match(reading, /^\//);
    assert.deepEqual(readingsOf(path), read);
  },
});

const honestSegment = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc.emailAddress(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.double({ noNaN: true }).map((amount) => `${amount} %`),
    fc.constantFrom('a+b', '100%', '50% off', 'Käse & Brot', '日本語', 'C#', 'what?', '(1)', "it's", 'naïve.txt'),
  )
  .filter((text) => text.isWellFormed() && !/%[0-9a-f]{2}|%u|[/\\;\p{Cc}]|^[.\s]*$/iu.test(text));

const honest = createTarget({
  name: 'readings-honest',
  promise: 'an honest path is read as it was meant, and passes where its folder is public',
  runs: 5_000,
  given: fc.array(honestSegment, { minLength: 1, maxLength: 6 }),
  holds(segments) {
    const written = `/files/${segments.map(encodeURIComponent).join('/')}`;
    const read = readingsOf(written);
    assert(read.ok && read.readings[0] === `/files/${segments.join('/')}`, written);
    const rules = rulesOf(route('/files/*', { access: 'public' }), route('/*', { access: 'deny' }));
    assert.equal(judge(rules, written).kind, 'allow');
  },
});

const SEGMENTS = ['admin', 'Admin', 'a', 'x', 'ä', 'a b', '*', 'a*', '*n', 'a.b', ''];
const rulePath = fc
  .array(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 3 })
  .chain((segments) => fc.constantFrom('', '/*').map((end) => `/${segments.filter(Boolean).join('/')}${end}`))
  .map((written) => written.replace(/\/\/+/g, '/'));

const rule: fc.Arbitrary<Route> = fc
  .tuple(
    rulePath,
    fc.constantFrom<Partial<Route>>(
      { access: 'public' },
      { access: 'public' },
      { access: 'deny' },
      {},
      { roles: ['admin', 'staff'] },
      { amr: ['mfa'] },
      { access: 'public', mode: 'report' },
      { access: 'public', methods: ['GET'] },
      { access: 'deny', methods: ['POST'] },
    ),
  )
  .map(([written, fields]) => route(written, fields));

const CALLERS = [
  undefined,
  { roles: [], amr: ['pwd'] },
  { roles: ['staff'], amr: ['pwd'] },
  { roles: ['admin'], amr: ['pwd', 'mfa'] },
] as const;

/** Exported so that a test can see that not everything is refused. */
export const decisions = fc.record({
  routes: fc.array(rule, { maxLength: 6 }),
  paths: fc.array(path, { minLength: 20, maxLength: 20 }),
  method: fc.constantFrom('GET', 'POST'),
  who: fc.constantFrom(...CALLERS),
});

const policy = createTarget({
  name: 'policy',
  promise: 'decides as the slow model does: the strictest of all readings, over 100,000 pairs of rules and paths',
  runs: 5_000,
  given: decisions,
  // Compiling the rules and the model take their time, too.
  budget: 500,
  holds({ routes, paths, method, who }) {
    const rules = rulesOf(...routes);
    const asking = who && caller(who.roles, { amr: who.amr });
    for (const each of paths) {
      const decision = judge(rules, each, asking, { method });
      if (decision.kind === 'nonsense' && decision.reason === 'too many readings') continue;
      assert.equal(decision.kind, slowDecision(routes, method, each, who), each);
    }
  },
});

const shut = createTarget({
  name: 'policy-shut',
  promise: 'nobody passes where no rule is public, whatever the path, and no rule makes sense of a path that has none',
  runs: 5_000,
  given: fc.record({ routes: fc.array(rule, { maxLength: 6 }), path }),
  holds({ routes, path }) {
    const closed = judge(rulesOf(...routes.filter(({ access }) => access !== 'public')), path);
    assert.notEqual(closed.kind, 'allow');
    assert.equal(closed.kind === 'nonsense', judge(rulesOf(...routes), path).kind === 'nonsense');
  },
});

const BYTES = { paths: 'bytes' } as const;
const OLD_APPLICATION = rulesOf(
  route('/admin/*', { roles: ['admin'], ...BYTES }),
  route('/ä/*', { roles: ['admin'] }),
  route('/*', { access: 'public', ...BYTES }),
);

const bytes = createTarget({
  name: 'policy-bytes',
  promise: 'whatever an application makes of bytes that are no UTF-8, nobody gets into a guarded folder',
  runs: 15_000,
  given: fc.record({
    path: bytePath,
    decoder: fc.constantFrom(...Object.keys(BYTE_DECODERS)),
    before: server,
    after: server,
  }),
  holds({ path, decoder, before, after }) {
    if (judge(OLD_APPLICATION, path).kind !== 'allow') return;
    const written = before
      .filter((step) => step !== DECODE)
      .reduce((each, step) => SERVER_STEPS[step]?.(each) ?? each, path);
    const decoded = BYTE_DECODERS[decoder]?.(written) ?? written;
    const seen = after.reduce((each, step) => SERVER_STEPS[step]?.(each) ?? each, decoded);
    assert.doesNotMatch(seen, /^\/(admin|ä)(\/|$)/i, `${decoder} reads ${seen}`);
  },
});

/** Exported so that a test can see that not everything is refused. */
export const passesAsBytes = (each: string) =>
  judge(OLD_APPLICATION, each).kind === 'allow' && judge(rulesOf(), each).kind === 'nonsense';

export const pathTargets = [readings, work, honest, policy, shut, bytes];
