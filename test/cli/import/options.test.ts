// Every option of the four gateways has an answer, and docs/moving-*.md are those answers.
// The lists in test/fixtures/import/options/ are names alone, taken from the sources of the releases that they name.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findOption } from '../../../cli/import/options.ts';
import { KINDS, type KindName } from '../../../cli/import/recognise.ts';
import { movingPages } from '../../../cli/write-moving-docs.ts';
import { ROUTE_FIELDS } from '../../../src/config/routes.ts';
import { VARIABLES } from '../../../src/config/variables.ts';

const LISTS: Readonly<Record<KindName, string>> = {
  'oauth2-proxy': 'oauth2-proxy',
  pomerium: 'pomerium',
  apache: 'mod_auth_openidc',
  cloudflared: 'cloudflare',
};

describe.each(Object.entries(LISTS) as [KindName, string][])('%s', (kind, list) => {
  const { catalogue } = KINDS[kind];
  const options = catalogue.sections.flatMap(({ options }) => options);
  const lines = readFileSync(`test/fixtures/import/options/${list}.txt`, 'utf8').split('\n');

  it('each option of the release has an answer', () => {
    const names = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(names.length).toBeGreaterThan(140);
    expect(names.filter((name) => findOption(catalogue, name) === undefined)).toEqual([]);
  });

  it('and each one answer', () => {
    const names = options.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('the settings that an answer names are there', () => {
    const named = options.flatMap(({ here }) =>
      [...here.matchAll(/`([A-Z][A-Z_]{4,}|[a-z]+(?:_[a-z]+)+)`/g)].map(([, name = '']) => name),
    );
    const known = [
      ...Object.keys(VARIABLES),
      ...Object.keys(ROUTE_FIELDS),
      'OPTIONS',
      'private_key_jwt',
      'login_hint',
      'ui_locales',
      'non_identity',
    ];
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('docs/moving-*.md', () => {
  it.each(Object.entries(movingPages()))('%s is what cli/write-moving-docs.ts writes', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
