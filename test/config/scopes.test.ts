// Scopes, the organisation, and ids.
// ARCHITECTURE §1; OIDC Core §3.1.2.1.

import { describe, expect, it } from 'vitest';
import { configOf, issueOf, warningsOf } from './environment.ts';

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
