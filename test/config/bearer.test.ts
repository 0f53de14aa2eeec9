// What turns bearer tokens on: a project, an audience, an API application.
// ARCHITECTURE §1; RFC 7662 (introspection).

import { describe, expect, it } from 'vitest';
import { APPLICATION_KEY_FILE, configOf, issueOf, warningsOf } from './environment.ts';

const file = (changes: object = {}) => JSON.stringify({ ...APPLICATION_KEY_FILE, ...changes });

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

describe('ZITADEL_INTROSPECTION_URL', () => {
  const api = { ZITADEL_API_CLIENT_ID: '1', ZITADEL_API_CLIENT_SECRET: 'x' };

  it('takes an HTTPS URL', () => {
    const ZITADEL_INTROSPECTION_URL = 'https://acme.zitadel.cloud/oauth/v2/introspect';
    expect(configOf({ ...api, ZITADEL_INTROSPECTION_URL }).introspectionUrl).toBe(ZITADEL_INTROSPECTION_URL);
  });

  it.each(['http://acme.zitadel.cloud/introspect', '/introspect', 'https://acme.zitadel.cloud/#a'])(
    'refuses %s',
    (url) => {
      expect(issueOf({ ...api, ZITADEL_INTROSPECTION_URL: url }).variable).toBe('ZITADEL_INTROSPECTION_URL');
    },
  );

  it('warns where nothing introspects', () => {
    expect(warningsOf({ ZITADEL_INTROSPECTION_URL: 'https://a.example/i' })[0]).toContain('no effect');
  });
});
