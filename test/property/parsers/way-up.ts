// What a public prefix lets through, as servers of many makes read it once the prefix is gone.
// ARCHITECTURE §1 `strip_prefix`, §7 Paths.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mapAddress, rawPathOf } from '../../../src/proxy/upstream-path.ts';
import { judge, route, rulesOf } from '../../policy/build.ts';
import { SERVERS } from '../../policy/servers.ts';
import { path } from '../generate/paths.ts';
import { createTarget } from '../target.ts';

const ORIGIN = 'https://app.example.com';
const STRIPS = [true, '/files'] as const;

function createRules(strip_prefix: true | '/files') {
  return rulesOf(
    route('/files/admin/*', { roles: ['admin'], strip_prefix }),
    route('/files/*', { access: 'public', strip_prefix }),
    route('/*', { access: 'public' }),
  );
}

const RULES = new Map(STRIPS.map((strip) => [strip, createRules(strip)]));

/** What goes up for anybody, or `undefined`. */
export function sentUp(target: string, strip: true | '/files', basePath: string): string | undefined {
  const url = new URL(target, ORIGIN);
  const rules = RULES.get(strip);
  if (!rules || !/^\/files(\/|$)/.test(url.pathname) || judge(rules, url.pathname).kind !== 'allow') return undefined;
  return rawPathOf(mapAddress(url.href, { origin: 'http://up', basePath }, '/files').url);
}

export const stripped = fc.record({
  rest: fc.oneof(
    path,
    fc.tuple(path, path).map(([climb, rest]) => `/..${climb}${rest}`),
  ),
  strip: fc.constantFrom(...STRIPS),
  basePath: fc.constantFrom('', '/app', '/a/b'),
});

const wayUp = createTarget({
  name: 'strip-prefix',
  promise:
    'what a public prefix lets through is outside of the guarded folder and inside of the base path for every server',
  runs: 10_000,
  given: stripped,
  holds({ rest, strip, basePath }) {
    const up = sentUp(`/files${rest}`, strip, basePath);
    if (up === undefined) return;
    assert.equal(new URL(`http://up${up}`).pathname, up, 'the next URL parser would read another path');
    for (const [name, server] of Object.entries(SERVERS)) {
      const opened = server(up);
      if (opened === undefined) continue;
      assert(`${opened}/`.startsWith(`${basePath}/`), `${name} opens ${opened} for ${up}`);
      assert.doesNotMatch(opened.slice(basePath.length), /^\/admin(\/|$)/, `${name} opens ${opened} for ${up}`);
    }
  },
});

export const wayUpTargets = [wayUp];
