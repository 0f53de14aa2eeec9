// The policy against a slow model of it, over 100,000 random pairs of rules and paths.
// Issue 4; design §1 Routes, One request, every reading.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../src/config/schema.ts';
import { caller, judge, route, rulesOf } from '../policy/build.ts';
import { slowDecision } from '../policy/slow-policy.ts';

const SEGMENTS = ['admin', 'Admin', 'a', 'x', 'ä', 'a b', '*', 'a*', '*n', 'a.b', ''];
const PIECES = [
  ...[
    '/',
    '/',
    '/',
    '//',
    '/admin',
    '/a',
    '/x',
    'a',
    'n',
    '.',
    '..',
    '/..',
    '/.',
    '%2f',
    '%2F',
    '%5c',
    ';v',
    '..;',
    '%3b',
  ],
  ...[
    '%61',
    '%2561',
    '%252f',
    '%25',
    '%20',
    '%2e',
    'Admin',
    'ADMIN',
    '%C3%A4',
    '%C3%84',
    'b',
    'a.b',
    '%00',
    '%',
    '%41',
  ],
];

const path = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 })
  .map((pieces) => `/${pieces.join('')}`);

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

describe('issue 4: the decision is the strictest of all readings', () => {
  it('as the slow model decides, for 100,000 pairs of rules and paths', () => {
    let pairs = 0;
    let passed = 0;
    const someRules = fc.array(rule, { maxLength: 6 });
    const somePaths = fc.array(path, { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(
        someRules,
        somePaths,
        fc.constantFrom('GET', 'POST'),
        fc.constantFrom(...CALLERS),
        (routes, paths, method, who) => {
          const rules = rulesOf(...routes);
          const asking = who && caller(who.roles, { amr: who.amr });
          for (const each of paths) {
            pairs++;
            const decision = judge(rules, each, asking, { method });
            if (decision.kind === 'nonsense' && decision.reason === 'too many readings') continue;
            const expected = slowDecision(routes, method, each, who);
            if (decision.kind !== expected)
              expect.fail(`${each}: ${decision.kind}, not ${expected}, ${JSON.stringify(routes)}`);
            if (expected === 'allow') passed++;
          }
        },
      ),
      { numRuns: 5000 },
    );
    expect(pairs).toBeGreaterThanOrEqual(100_000);
    // or the comparison would be of refusals only
    expect(passed).toBeGreaterThan(pairs / 20);
  }, 60_000);

  it('never allows what a rule set without that path’s public rules would not', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), path, (routes, each) => {
        const shut = routes.filter(({ access }) => access !== 'public');
        const open = judge(rulesOf(...routes), each);
        if (open.kind === 'allow') expect(judge(rulesOf(...shut), each).kind).not.toBe('nonsense');
        expect(judge(rulesOf(...shut), each).kind).not.toBe('allow');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('issue 4: honest paths always pass where their folder is public', () => {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
    .filter((text) => text.isWellFormed() && !/%|[/\\;\p{Cc}]|^[.\s]*$/u.test(text));

  it('whatever their names', () => {
    const rules = rulesOf(route('/files/*', { access: 'public' }), route('/*', { access: 'deny' }));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (words) => {
        const written = ['/files', ...words.map(encodeURIComponent)].join('/');
        expect(judge(rules, written)).toMatchObject({ kind: 'allow', public: true });
      }),
      { numRuns: 5000 },
    );
  });
});
