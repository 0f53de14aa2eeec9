// Userinfo: what is asked, and which answers are believed. OIDC Core §5.3.

import { describe, expect, it } from 'vitest';
import { createBed, faultOf, METADATA, type Options } from './bed.ts';

describe('OIDC Core §5.3: userinfo', () => {
  const ask = (answer: Response, options?: Options) => {
    const bed = createBed(answer, options);
    return Object.assign(bed.relyingParty.userinfo('at', '1'), { bed });
  };

  it('§5.3.1: is asked for with the access token, and believed for the same subject', async () => {
    const asking = ask(Response.json({ sub: '1', name: 'Zoë' }));
    expect(await asking).toEqual({ sub: '1', name: 'Zoë' });
    expect(asking.bed.asked).toEqual([
      {
        url: METADATA.userinfo_endpoint,
        method: 'GET',
        headers: { accept: 'application/json', authorization: 'Bearer at' },
        signal: undefined,
      },
    ]);
  });

  it.each<[Response, string]>([
    [Response.json({ sub: '2' }), 'refused: userinfo_response other_subject'],
    [Response.json({}), 'malformed: error: userinfo: sub is missing'],
    [Response.json({ sub: 1 }), 'malformed: error: userinfo: sub is missing'],
    [
      new Response('e30.e30.x', { headers: { 'content-type': 'Application/JWT' } }),
      'refused: userinfo_response jwt_not_wanted',
    ],
    [new Response('{}', { status: 401, headers: { 'content-type': 'application/jwt' } }), 'dead: status 401'],
    [new Response('<html>', { status: 503 }), 'transient: status 503'],
    [new Response('<html>'), 'transient: status 200'],
    [Response.json([{ sub: '1' }]), 'transient: status 200'],
  ])('§5.3.2: what is refused (%#)', async (answer, fault) => {
    expect(await faultOf(ask(answer))).toBe(fault);
  });

  it('an answer that says no type is read', async () => {
    const answer = new Response(new TextEncoder().encode('{"sub":"1"}'));
    expect(answer.headers.has('content-type')).toBe(false);
    expect(await ask(answer)).toEqual({ sub: '1' });
  });

  it('is not asked for where there is no such endpoint', async () => {
    const asking = ask(Response.json({}), { metadata: { userinfo_endpoint: undefined } });
    expect(await asking).toBeUndefined();
    expect(asking.bed.asked).toEqual([]);
  });
});
