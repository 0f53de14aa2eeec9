// What a judgement costs: `node bench/policy.ts`. Exits with 1 where a limit is passed.
// A plain path among 50 routes under 5 µs, a hostile path of 8 KB under 1 ms.

import type { Route } from '../src/config/schema.ts';
import { decide } from '../src/policy/decide.ts';
import type { Caller } from '../src/policy/judge.ts';
import { matchRequest } from '../src/policy/match.ts';
import { compileRules, type Rules } from '../src/policy/rules.ts';

const NOW = 1_760_000_000;
const HOST = 'app.example.com';
const SIZE = 8192;

const caller: Caller = {
  via: 'session',
  identity: { sub: '249703111111111111', roles: { staff: ['249703000000000001'] }, claims: {} },
  auth_time: NOW - 60,
  amr: ['pwd'],
  claimsAt: NOW - 10,
};

/** Exact, prefix and wildcard paths, with roles and methods; the last one is met. */
const routes: readonly Route[] = Array.from({ length: 50 }, (_, index) => ({
  path:
    index === 49 ? '/last/*' : ([`/section-${index}/*`, `/page-${index}`, `/users/*/tab-${index}`][index % 3] ?? '/'),
  access: 'authenticated',
  unauthenticated: 'auto',
  keep_post: 'same-origin',
  mode: 'enforce',
  paths: 'utf-8',
  forward_access_token: false,
  forward_id_token: false,
  roles: ['admin', 'staff'],
  ...(index % 5 === 0 && { methods: ['POST', 'PUT'] }),
}));

/** Each is repeated up to 8 KB. */
const HOSTILE = [
  ...['%25', '%41', '%2f', '%252f', '%2525', '%25ff', '%25C3%25A4', '%25u0041', '%25zz%2541', '%C3%A4/'],
  ...['..;/', './', 'a/../', 'a./', '. ', '//', ';', '%3b/', '%5c', 'A\\', 'a%2e/', 'a;b%3bc%253bd/', 'aA1;/'],
  ...['%2e/a%2f..%2f', 'x%25/%252e%2e;%3b\\%5c .%20//', 'A;b//%20c.', 'users/%2f', 'tab-', '%2561%2e%2f;'],
];

console.log('plain paths among 50 routes, mean of 200,000 judgements');
const rules = compileRules(routes, { takesBearer: true });
const plain = ['/last/users/42', '/nothing/like/that.html', '/users/42/tab-47', '/Last/Users', '/last/k%C3%A4se'];
const means = plain.map((path) => print(path, meanOf(rules, path, 200_000), 'µs'));

console.log('hostile paths of 8 KB among the same routes, median of 30 judgements');
const nested = `/%${'25'.repeat(SIZE / 2 - 2)}41`;
const worst = [...HOSTILE.map((unit) => `/${unit.repeat(SIZE / unit.length)}`), nested].map((path) =>
  print(`${path.slice(0, 30)}…`, medianOf(rules, path, 30), 'µs'),
);

const isTooSlow = means.slice(0, 4).some((mean) => mean > 5) || Math.max(...worst) > 4000;
console.log(`worst: ${Math.max(...means).toFixed(2)} µs plain, ${Math.max(...worst).toFixed(0)} µs hostile`);
process.exitCode = isTooSlow ? 1 : 0;

function judge(compiled: Rules, path: string): unknown {
  const requirement = matchRequest(compiled, { method: 'GET', host: HOST, path });
  return requirement.kind === 'nonsense' ? requirement : decide(requirement, caller, NOW);
}

function meanOf(compiled: Rules, path: string, times: number): number {
  for (let index = 0; index < times / 10; index++) judge(compiled, path);
  const start = performance.now();
  for (let index = 0; index < times; index++) judge(compiled, path);
  return ((performance.now() - start) * 1000) / times;
}

function medianOf(compiled: Rules, path: string, times: number): number {
  const taken = Array.from({ length: times }, () => meanOf(compiled, path, 1)).sort((a, b) => a - b);
  return taken[Math.floor(times / 2)] ?? 0;
}

function print(label: string, value: number, unit: string): number {
  console.log(`  ${value.toFixed(2).padStart(8)} ${unit}  ${label}`);
  return value;
}
