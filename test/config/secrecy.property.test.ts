// A secret is never printed: whatever is wrong with it, and wherever else it was put by mistake.
// ARCHITECTURE §1; RFC 7517 §9.2 (private keys).

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatIssue } from '../../src/config/issues.ts';
import { loadConfig } from '../../src/config/load.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import { APPLICATION_KEY_FILE, ENVIRONMENT } from './environment.ts';

const secretNames = (Object.keys(VARIABLES) as VariableName[]).filter((name) => VARIABLES[name].kind === 'secret');

/** Long enough that it does not occur in a message by chance; commas would make it a list, of which entries are judged. */
const secretText = fc
  .string({ minLength: 12, maxLength: 90, unit: 'grapheme-ascii' })
  .filter((text) => !/^\s|\s$/.test(text));

const everythingSaid = (env: Readonly<Record<string, unknown>>): string => {
  const loaded = loadConfig(env);
  return loaded.ok ? loaded.warnings.join('\n') : loaded.issues.map(formatIssue).join('\n');
};

const shows = (said: string, secret: string): boolean =>
  said.includes(secret) || said.includes(JSON.stringify(secret).slice(1, -1));

describe('a secret is never printed', () => {
  it('when it is not fit for any secret variable', () => {
    fc.assert(
      fc.property(fc.constantFrom(...secretNames), secretText, (name, secret) => {
        expect(shows(everythingSaid({ ...ENVIRONMENT, [name]: secret }), secret)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('when it is inside a list, a key file or a key', () => {
    fc.assert(
      fc.property(secretText, (secret) => {
        const said = everythingSaid({
          ...ENVIRONMENT,
          SESSION_SECRET: `x,${secret},y`,
          UPSTREAM_SECRET: `["${secret}", 5]`,
          ZITADEL_CLIENT_KEY: JSON.stringify({ ...APPLICATION_KEY_FILE, key: secret, keyId: secret, clientId: secret }),
          ZITADEL_API_KEY: `{"type":"application","key":"${secret}`,
          ASSERTION_KEY: JSON.stringify([{ kty: 'EC', crv: 'P-256', d: secret, kid: secret }]),
        });
        expect(shows(said, secret)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('when its variable is misspelled', () => {
    fc.assert(
      fc.property(fc.constantFrom(...secretNames), secretText, (name, secret) => {
        expect(shows(everythingSaid({ ...ENVIRONMENT, [`${name}S`]: secret, [`X${name}`]: { secret } }), secret)).toBe(
          false,
        );
      }),
    );
  });

  it('when it is the password of a URL', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: fc.constantFrom(...'abcXYZ019-_/@:?#%') }), (secret) => {
        const url = `https://user:${secret}@app.internal/`;
        const said = everythingSaid({
          ...ENVIRONMENT,
          UPSTREAM_URL: url,
          ZITADEL_DOMAIN: url,
          ROUTES: [{ path: '/', upstream: url }],
        });
        expect(shows(said, secret)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('when a private key was put where a plain variable belongs', () => {
    const said = everythingSaid({
      ...ENVIRONMENT,
      ZITADEL_CLIENT_ID: JSON.stringify(APPLICATION_KEY_FILE),
      ROLE_MAP: APPLICATION_KEY_FILE.key,
    });
    expect(said).not.toContain('MII');
  });
});

it('never throws, whatever the environment holds', () => {
  const names = [...Object.keys(VARIABLES), 'SESSIONS', 'USER_SESSIONS', 'SERVICE', '__proto__'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.anything(), fc.json(), fc.webUrl())), (env) => {
      expect(loadConfig({ ...ENVIRONMENT, ...env })).toHaveProperty('ok');
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.dictionary(
          fc.constantFrom('path', 'roles', 'claims', 'upstream', 'strip_prefix', 'cors', 'x'),
          fc.anything(),
        ),
      ),
      (ROUTES) => {
        expect(loadConfig({ ...ENVIRONMENT, ROUTES })).toHaveProperty('ok');
      },
    ),
    { numRuns: 500 },
  );
});
