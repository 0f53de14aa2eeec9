// What is ZITADEL's own is known in src/oidc/zitadel/ and nowhere else in the worker: a release that changes something is one folder's business.
// Elsewhere the name stands in comments, in texts for people, and in the names of variables.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listFiles } from '../../support/list-files.ts';

const SEAM = join('src', 'oidc', 'zitadel');
/** Descriptions of the configuration, which the worker leaves out. */
const TEXTS = [join('src', 'config', 'reference.ts')];

/** Claims and scopes, error words, token ids, addresses of its API. */
const FACTS = [
  /urn:zitadel/i,
  /\bErrors\.[A-Z]/,
  /:resourceowner\b/,
  /:projects?:roles\b/,
  /['"`]V[12]_/,
  /\/(?:oauth\/v2|oidc\/v1|management\/v1|auth\/v1|v2(?:beta)?)\//,
  /serviceaccount/i,
];

/** The name itself, but for variables (`ZITADEL_…`), the product's name in prose, and what is imported from the seam. */
const NAME = /zitadel/i;
const NO_FACTS = [
  /\bZITADEL_[A-Z_]+\b/g,
  /\bZITADEL\b/g,
  /\bisDeadInZitadelsWords\b/g,
  /from '[^']*\/zitadel\/[a-z-]+\.ts'/g,
];

function factsIn(text: string): string[] {
  return withoutComments(text)
    .split('\n')
    .filter((line) => !/^\s*(?:\|\s*)?(?:readonly\s+)?example:|\bexample: /.test(line))
    .filter((line) => FACTS.some((fact) => fact.test(line)) || NAME.test(withoutNames(line)))
    .map((line) => line.trim());
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function withoutNames(line: string): string {
  return NO_FACTS.reduce((rest, name) => rest.replace(name, ''), line);
}

describe('the seam for the provider', () => {
  const others = listFiles('src')
    .map((file) => join('src', file))
    .filter((file) => file.endsWith('.ts') && !file.startsWith(SEAM) && !TEXTS.includes(file));

  it.each(others)('nothing of ZITADEL’s own is known in %s', (file) => {
    expect(factsIn(readFileSync(file, 'utf8'))).toEqual([]);
  });

  it.each([
    "const CLAIM = 'urn:zitadel:iam:user:metadata';",
    "if (/^Errors.Token/.test(text)) return 'dead';",
    "const scope = 'urn:other:projects:roles';",
    "url.pathname = '/oauth/v2/introspect';",
    "const isZitadel = issuer.endsWith('.zitadel.cloud');",
    "if (type === 'serviceaccount') return;",
    "const id = 'V2_1-at_2';",
  ])('%s would be found', (line) => {
    expect(factsIn(line)).toEqual([line]);
  });

  it.each([
    "warn('ZITADEL_SCOPES lacks offline_access: ZITADEL gives no refresh token');",
    '// urn:zitadel:iam:user:metadata holds base64url.',
    "import { readIdentity } from '../oidc/zitadel/identity-claims.ts';",
    'example: \'"https://my-company-a1b2c3.zitadel.cloud/oauth/v2/introspect"\',',
  ])('%s is no fact of the protocol', (line) => {
    expect(factsIn(line)).toEqual([]);
  });
});
