// ARCHITECTURE.md says what the code has: its endpoints with their methods, and promises that tests bear the numbers of.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type EndpointName } from '../../src/endpoints/catalogue.ts';
import { listFiles } from '../support/list-files.ts';

const CONTRACT = readFileSync('ARCHITECTURE.md', 'utf8');
const TABLE = /^## 2\. [\s\S]*?(?=^## )/m.exec(CONTRACT)?.[0] ?? '';
/** Where the page puts what an operator registers at ZITADEL. */
const SHOWN = { redirect_uri: '/auth/callback', post_logout_redirect_uri: '/auth/logout/callback' };
const NOT_BUILT = '12';

/** Address → the methods that are named with it. */
function told(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  for (const [, cell = ''] of TABLE.matchAll(/^\| (`.*?) \|/gm)) {
    const names = [...cell.matchAll(/`([A-Z]+)?(?: ?(\/\S*))?`/g)];
    const waiting: string[] = [];
    for (const [, method, address] of names) {
      if (method !== undefined) waiting.push(method);
      if (address !== undefined) methods.set(address, waiting.splice(0));
    }
  }
  // A script beside the page that has it.
  for (const [, address = ''] of TABLE.matchAll(/its script is `(\/\S+?)`/g)) methods.set(address, ['GET']);
  return methods;
}

function had(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>();
  for (const entry of Object.values(ENDPOINTS)) {
    const address = addressIn(entry);
    methods.set(
      address,
      entry.methods.split(' ').filter((method) => method !== 'HEAD'),
    );
  }
  return methods;
}

function addressIn(entry: (typeof ENDPOINTS)[EndpointName]): string {
  if ('path' in entry) return `/auth${entry.path}`;
  if ('wellKnown' in entry) return entry.wellKnown;
  return 'atPortal' in entry ? entry.atPortal : SHOWN[entry.registered];
}

describe('ARCHITECTURE.md', () => {
  it('§2 names every endpoint, and no other', () => {
    expect([...told().keys()].sort()).toEqual([...had().keys()].sort());
  });

  it.each([...told()].filter(([, methods]) => methods.length > 0))('§2 names the methods of %s', (address, methods) => {
    expect(methods).toEqual(had().get(address));
  });

  const numbers = [...CONTRACT.matchAll(/^(\d+)\. \*\*/gm)].map(([, number = '']) => number);
  const tests = listFiles('test').filter((file) => file.endsWith('.test.ts') && !file.startsWith('house/'));
  const text = tests.map((file) => readFileSync(join('test', file), 'utf8')).join('\n');

  it.each(numbers.filter((number) => number !== NOT_BUILT))(
    '§5 promise %s has a test that bears its number',
    (number) => {
      expect(text).toMatch(new RegExp(`promises? (?:\\d+(?:, | and | to ))*${number}\\b`, 'i'));
    },
  );
});
