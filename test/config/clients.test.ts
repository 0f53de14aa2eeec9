// The gateway as a client of ZITADEL: authentication, key files, bearer tokens, scopes, organisation.
// ARCHITECTURE §1; ZITADEL key files; RFC 7523 (private_key_jwt).

import { describe, expect, it } from 'vitest';
import { APPLICATION_KEY_FILE, configOf, issueOf, warningsOf } from './environment.ts';

const file = (changes: object = {}) => JSON.stringify({ ...APPLICATION_KEY_FILE, ...changes });
const { keyId, key, clientId } = APPLICATION_KEY_FILE;

describe('client authentication', () => {
  it('is none without a secret', () => {
    expect(configOf().clientAuthentication).toEqual({ method: 'none' });
  });

  it('is client_secret_basic with ZITADEL_CLIENT_SECRET', () => {
    expect(configOf({ ZITADEL_CLIENT_SECRET: 'xyz' }).clientAuthentication).toEqual({
      method: 'client_secret_basic',
      client_secret: 'xyz',
    });
  });

  it('is private_key_jwt with ZITADEL_CLIENT_KEY', () => {
    expect(configOf({ ZITADEL_CLIENT_KEY: file() }).clientAuthentication).toEqual({
      method: 'private_key_jwt',
      keyFile: { keyId, key, clientId },
    });
  });

  it('refuses both', () => {
    expect(issueOf({ ZITADEL_CLIENT_SECRET: 'x', ZITADEL_CLIENT_KEY: file() }).wanted).toContain('not both');
  });
});

describe('key files', () => {
  it('takes PKCS#8 as well as PKCS#1', () => {
    const pkcs8 = key.replaceAll('RSA ', '');
    expect(configOf({ ZITADEL_CLIENT_KEY: file({ key: pkcs8 }) }).clientAuthentication.method).toBe('private_key_jwt');
  });

  it.each([
    ['text that is not JSON', '{"type":', 'not JSON'],
    ['JSON that is no table', '[]', 'key file'],
    ['null', 'null', 'key file'],
    ['a service account’s key file', file({ type: 'serviceaccount', userId: '1' }), 'service account'],
    ['another type', file({ type: 'user' }), '"type":"application"'],
    ['no key id', file({ keyId: undefined }), '"keyId"'],
    ['no client id', file({ clientId: '' }), '"clientId"'],
    ['no key', file({ key: undefined }), 'PEM'],
    ['a public key', file({ key: key.replaceAll('RSA PRIVATE', 'PUBLIC') }), 'PEM'],
    ['half a key', file({ key: key.slice(0, 40) }), 'PEM'],
    ['another application’s key file', file({ clientId: '1' }), 'ZITADEL_CLIENT_ID'],
  ])('refuses %s', (_what, ZITADEL_CLIENT_KEY, wanted) => {
    expect(issueOf({ ZITADEL_CLIENT_KEY }).wanted).toContain(wanted);
  });
});

describe('bearer tokens', () => {
  it('are not taken by default', () => {
    expect(configOf()).toMatchObject({ takesBearer: false, audience: [] });
  });

  it('are taken with a project, whose id is an audience and asked for by scope', () => {
    const config = configOf({ ZITADEL_PROJECT_ID: '42' });
    expect(config).toMatchObject({ projectId: '42', takesBearer: true, audience: ['42'] });
    expect(config.scope.split(' ')).toContain('urn:zitadel:iam:org:project:id:42:aud');
  });

  it.each([
    ['a list', ['42', 'b', 'b']],
    ['JSON', '["42","b"]'],
    ['commas', '42, b'],
    ['blanks', '42 b'],
  ])('take ZITADEL_AUDIENCE as %s, without duplicates', (_what, ZITADEL_AUDIENCE) => {
    expect(configOf({ ZITADEL_PROJECT_ID: '42', ZITADEL_AUDIENCE }).audience).toEqual(['42', 'b']);
  });

  it('refuse an audience that is empty or no text', () => {
    expect(issueOf({ ZITADEL_AUDIENCE: [] }).variable).toBe('ZITADEL_AUDIENCE');
    expect(issueOf({ ZITADEL_AUDIENCE: ['a', ''] }).variable).toBe('ZITADEL_AUDIENCE, value 2');
    expect(issueOf({ ZITADEL_AUDIENCE: [1, 'a'] }).variable).toBe('ZITADEL_AUDIENCE, value 1');
  });

  it('are introspected with the key of an API application', () => {
    const config = configOf({ ZITADEL_API_KEY: file({ clientId: '99' }) });
    expect(config).toMatchObject({
      takesBearer: true,
      introspection: { client_id: '99', authentication: { method: 'private_key_jwt' } },
    });
  });

  it('are introspected with the secret of an API application', () => {
    expect(configOf({ ZITADEL_API_CLIENT_ID: '99', ZITADEL_API_CLIENT_SECRET: 'x' })).toMatchObject({
      takesBearer: true,
      introspection: { client_id: '99', authentication: { method: 'client_secret_basic', client_secret: 'x' } },
    });
  });

  it('refuse half a pair', () => {
    expect(issueOf({ ZITADEL_API_CLIENT_ID: '99' })).toMatchObject({
      variable: 'ZITADEL_API_CLIENT_SECRET',
      found: 'nothing',
    });
    expect(issueOf({ ZITADEL_API_CLIENT_SECRET: 'x' })).toMatchObject({
      variable: 'ZITADEL_API_CLIENT_ID',
      found: 'nothing',
    });
  });

  it('refuse a key and a pair', () => {
    const issue = issueOf({ ZITADEL_API_KEY: file(), ZITADEL_API_CLIENT_ID: '9', ZITADEL_API_CLIENT_SECRET: 'x' });
    expect(issue).toMatchObject({ variable: 'ZITADEL_API_KEY', wanted: expect.stringContaining('not both') });
  });
});

describe('ZITADEL_SCOPES', () => {
  it.each([
    ['text', ' openid  offline_access '],
    ['a list', ['openid', 'offline_access']],
    ['JSON', '["openid","offline_access"]'],
  ])('takes %s', (_what, ZITADEL_SCOPES) => {
    expect(configOf({ ZITADEL_SCOPES }).scope).toBe('openid offline_access');
  });

  it('refuses a list without openid', () => {
    expect(issueOf({ ZITADEL_SCOPES: 'profile offline_access' }).wanted).toContain('openid');
  });

  it('warns without offline_access', () => {
    expect(warningsOf({ ZITADEL_SCOPES: 'openid' })[0]).toContain('offline_access');
  });

  it('warns of the claim that is often taken for a scope', () => {
    const ZITADEL_SCOPES = 'openid offline_access urn:zitadel:iam:org:project:roles';
    expect(warningsOf({ ZITADEL_SCOPES })[0]).toContain('urn:zitadel:iam:org:projects:roles');
  });

  it('RFC 6749 §3.3 refuses a scope with other characters', () => {
    expect(issueOf({ ZITADEL_SCOPES: 'openid offline_access "x"' }).variable).toBe('ZITADEL_SCOPES, value 3');
  });
});

describe('ZITADEL_ORG_ID', () => {
  it('adds the scope that asks for it, once', () => {
    const scope = 'urn:zitadel:iam:org:id:7';
    const config = configOf({ ZITADEL_ORG_ID: '7', ZITADEL_SCOPES: `openid offline_access ${scope}` });
    expect(config).toMatchObject({ organizationId: '7', scope: `openid offline_access ${scope}` });
  });

  it('refuses another organisation among the scopes', () => {
    const ZITADEL_SCOPES = 'openid offline_access urn:zitadel:iam:org:id:8';
    expect(issueOf({ ZITADEL_ORG_ID: '7', ZITADEL_SCOPES }).variable).toBe('ZITADEL_SCOPES');
    expect(warningsOf({ ZITADEL_SCOPES })[0]).toContain('ZITADEL_ORG_ID');
  });

  it('refuses another organisation beside its own too', () => {
    const ZITADEL_SCOPES = 'openid offline_access urn:zitadel:iam:org:id:7 urn:zitadel:iam:org:id:8';
    expect(issueOf({ ZITADEL_ORG_ID: '7', ZITADEL_SCOPES }).variable).toBe('ZITADEL_SCOPES');
  });
});

it.each(['ZITADEL_CLIENT_ID', 'ZITADEL_PROJECT_ID', 'ZITADEL_ORG_ID'])(
  '%s is refused as a number, which loses digits',
  (variable) => {
    expect(issueOf({ [variable]: Number('249703852243222581') }).wanted).toContain('in quotes');
  },
);

describe('ids', () => {
  const SIGNS = [
    '249703852243222581',
    '249703852243222581@my_projekt_ä(2)',
    '王@Straße#1?',
    'a+b&c=d%20/e:f;g,h\'i"j\\k',
  ];

  it.each(['ZITADEL_CLIENT_ID', 'ZITADEL_API_CLIENT_ID', 'ZITADEL_PROJECT_ID', 'ZITADEL_ORG_ID'])(
    '%s may have any letters and signs',
    (variable) => {
      const secret = variable === 'ZITADEL_API_CLIENT_ID' ? { ZITADEL_API_CLIENT_SECRET: 'x'.repeat(32) } : {};
      for (const value of SIGNS) {
        const config = configOf({ [variable]: value, ...secret });
        const { client_id, projectId, organizationId, introspection } = config;
        expect([client_id, projectId, organizationId, introspection?.client_id]).toContain(value);
      }
    },
  );

  it.each([' ', ' 1', '1 ', '1\n', '\u00a01', '1\ufeff', 'a\u0000b', 'a\tb', 'a\u007fb', 'a\u2028b', 'a\ud800b'])(
    '%j is what no id can be',
    (value) => {
      for (const variable of ['ZITADEL_CLIENT_ID', 'ZITADEL_PROJECT_ID', 'ZITADEL_ORG_ID']) {
        expect(issueOf({ [variable]: value }).wanted).toContain('an id as ZITADEL shows it');
      }
    },
  );

  it('a blank within an id would make two scopes of one; a client id is in none', () => {
    expect(issueOf({ ZITADEL_PROJECT_ID: 'a b' }).wanted).toContain('without blanks');
    expect(issueOf({ ZITADEL_ORG_ID: 'a b' }).wanted).toContain('without blanks');
    expect(configOf({ ZITADEL_CLIENT_ID: '1@my project' }).client_id).toBe('1@my project');
  });

  it('and so may the roles and projects that scopes name', () => {
    const ZITADEL_SCOPES = 'openid offline_access urn:zitadel:iam:org:project:role:käse(2)';
    expect(configOf({ ZITADEL_SCOPES, ZITADEL_PROJECT_ID: 'ä(2)' }).scope).toBe(
      `${ZITADEL_SCOPES} urn:zitadel:iam:org:project:id:ä(2):aud`,
    );
  });
});
