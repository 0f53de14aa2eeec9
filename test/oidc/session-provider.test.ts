// ZITADEL as the sessions see it: what each of its answers means for a session, and how long it is left alone after a failure.
// Promise 6; RFC 7009 §2.2; RFC 9110 §10.2.3.

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { refusal } from './refusal.ts';
import { AWAY, BUSY, createBed, DEAD, idTokenOf, OPERATOR, ORGANIZATION, TOKENS } from './session-provider-bed.ts';

describe('a renewal', () => {
  it('gives new tokens', async () => {
    const bed = createBed();
    expect(await bed.refresh()).toEqual({ ...TOKENS, access_token: 'new' });
    expect(bed.asked).toEqual([['refresh', 'rt', TOKENS.id_token, '1']]);
  });

  it.each<[string, unknown, object]>([
    [
      'a refresh token that is finished ends the session',
      DEAD,
      { ends: 'refresh_token_dead', reason: '400 invalid_grant: ' },
    ],
    [
      'an answer that fails a check ends it',
      new GatewayError('login_failed', 'another subject'),
      { ends: 'check_failed', reason: 'another subject' },
    ],
    ['a ZITADEL that is away does not', AWAY, { reason: AWAY.message }],
    ['one that asks for time does not', BUSY, { reason: '429 slow_down: ', retryAfter: 40 }],
    [
      'an operator’s mistake does not',
      OPERATOR,
      { reason: "operator's mistake: 401 invalid_client: ", isOperators: true },
    ],
    ['an answer without sense does not', new Error('what'), { reason: 'error: what' }],
  ])('%s', async (_what, failure, fault) => {
    const bed = createBed();
    bed.failure = failure;
    expect(await bed.refresh()).toStrictEqual(fault);
  });
});

describe('claims', () => {
  it('are userinfo’s', async () => {
    const bed = createBed();
    expect(await bed.readClaims()).toMatchObject({ kind: 'read', identity: { sub: '1', name: 'Zoë' } });
    expect(bed.asked).toEqual([['userinfo', 'at', '1']]);
    expect(bed.malformed).toEqual([]);
  });

  it('are the ID token’s where there is no userinfo endpoint', async () => {
    const bed = createBed({ claims: undefined });
    const id_token = idTokenOf({ sub: '1', name: 'Of the ID token' });
    expect(await bed.readClaims({ ...TOKENS, id_token })).toMatchObject({ identity: { name: 'Of the ID token' } });
  });

  it('RFC 8693 §4.1: who acts is the ID token’s', async () => {
    const id_token = idTokenOf({ sub: '1', name: 'x', act: { sub: 'support' } });
    expect(await createBed().readClaims({ ...TOKENS, id_token })).toMatchObject({
      identity: { name: 'Zoë', act: 'support' },
    });
  });

  it('that are not of their form are reported and left out', async () => {
    const claim = 'urn:zitadel:iam:org:project:7:roles';
    const bed = createBed({ claims: { sub: '1', [claim]: ['admin'] } });
    expect(await bed.readClaims()).toMatchObject({ kind: 'read', identity: { roles: {} } });
    expect(bed.malformed).toEqual([['1', [claim]]]);
  });

  it('of another organisation end the session', async () => {
    const foreign = { kind: 'failed', fault: { ends: 'foreign_organization', reason: 'another organisation' } };
    const bed = createBed({ organizationId: 'ours', claims: { sub: '1', [ORGANIZATION]: 'theirs' } });
    expect(await bed.readClaims()).toEqual(foreign);
    bed.claims = { sub: '1' };
    expect(await bed.readClaims()).toEqual(foreign);
    bed.claims = { sub: '1', [ORGANIZATION]: 'ours' };
    expect(await bed.readClaims()).toMatchObject({ kind: 'read' });
    const anybodys = createBed({ claims: { sub: '1', [ORGANIZATION]: 'theirs' } });
    expect(await anybodys.readClaims()).toMatchObject({ kind: 'read' });
  });

  it.each<[string, unknown, object]>([
    [
      'a token that ZITADEL no longer knows ends the session',
      refusal(401, 'access_denied'),
      { ends: 'ended_at_provider', reason: '401 access_denied: ' },
    ],
    [
      'another subject ends it',
      new GatewayError('login_failed', 'another subject'),
      { ends: 'check_failed', reason: 'another subject' },
    ],
    ['a ZITADEL that is away does not', AWAY, { reason: AWAY.message }],
    ['an answer without sense does not', new Error('what'), { reason: 'error: what' }],
  ])('%s', async (_what, failure, fault) => {
    const bed = createBed();
    bed.failure = failure;
    expect(await bed.readClaims()).toStrictEqual({ kind: 'failed', fault });
  });

  it('a kept ID token that is none ends the session: no answer of ZITADEL’s would mend it', async () => {
    const bed = createBed();
    expect(await bed.readClaims({ ...TOKENS, id_token: 'none' })).toStrictEqual({
      kind: 'failed',
      fault: { ends: 'check_failed', reason: 'the kept ID token is not a JWT' },
    });
  });
});

describe('revocation', () => {
  it('RFC 7009 §2: names the refresh token, which takes the access token with it', async () => {
    const bed = createBed();
    expect(await bed.revoke()).toBe('done');
    expect(await bed.side.revoke({ access_token: 'at' } as never)).toBe('done');
    expect(bed.asked).toEqual([
      ['revoke', 'rt', 'refresh_token'],
      ['revoke', 'at', 'access_token'],
    ]);
  });

  it.each<[string, unknown, string]>([
    ['done where the token is finished already', DEAD, 'done'],
    ['done where the answer makes no sense: another try would get no other', new Error('what'), 'done'],
    ['refused where it is the operator’s mistake', OPERATOR, 'refused'],
    ['unanswered while ZITADEL is away', AWAY, 'unanswered'],
    ['unanswered while ZITADEL asks for time', BUSY, 'unanswered'],
  ])('is %s', async (_what, failure, outcome) => {
    const bed = createBed();
    bed.failure = failure;
    expect(await bed.revoke()).toBe(outcome);
  });

  it('is tried while ZITADEL merely failed before, and not while it has asked to be left alone', async () => {
    const bed = createBed();
    bed.failure = AWAY;
    await bed.refresh();
    bed.failure = undefined;
    expect(await bed.revoke()).toBe('done');
    bed.failure = BUSY;
    expect(await bed.revoke()).toBe('unanswered');
    bed.failure = undefined;
    bed.now += 39;
    expect(await bed.revoke()).toBe('unanswered');
    expect(bed.asked).toHaveLength(3);
    bed.now += 1;
    expect(await bed.revoke()).toBe('done');
  });

  it('that ZITADEL does not answer stops no renewal', async () => {
    const bed = createBed();
    bed.failure = AWAY;
    await bed.revoke();
    bed.failure = undefined;
    expect(await bed.refresh()).toHaveProperty('access_token');
  });
});
