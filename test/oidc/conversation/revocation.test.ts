// Revocation: what is asked, and what its answers mean. RFC 7009 §2.

import { describe, expect, it } from 'vitest';
import { createBed, faultOf, METADATA } from './bed.ts';

describe('RFC 7009: revocation', () => {
  it('§2.1: names the token, its kind and the client', async () => {
    const bed = createBed(new Response(null, { status: 200 }));
    await bed.relyingParty.revoke('rt', 'refresh_token');
    expect(bed.asked[0]).toMatchObject({ url: METADATA.revocation_endpoint, method: 'POST' });
    expect(bed.form()).toEqual({ token: 'rt', token_type_hint: 'refresh_token', client_id: 'us' });
  });

  it('§2.2.1: a refusal is told', async () => {
    const bed = createBed(Response.json({ error: 'unsupported_token_type' }, { status: 400 }));
    expect(await faultOf(bed.relyingParty.revoke('rt', 'refresh_token'))).toContain('unsupported_token_type');
  });

  it('does nothing where there is no such endpoint', async () => {
    const bed = createBed(Response.json({}), { metadata: { revocation_endpoint: undefined } });
    await bed.relyingParty.revoke('rt', 'refresh_token');
    expect(bed.asked).toEqual([]);
  });
});
