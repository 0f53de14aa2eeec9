// ARCHITECTURE §2: the endpoint that answers for a reverse proxy, for a gateway with any folder of its own.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import { type BlackBox, NEXT_UPSTREAM_SECRET, UPSTREAM_SECRET, type Visitor } from './support/gateway.ts';

/** A gateway, and a visitor who is signed in there as a user. */
export type Place = () => { readonly box: BlackBox; readonly visitor: Visitor };

export function describeCheck(folder: string, at: Place): void {
  describe('check', () => {
    const ask = (headers: Record<string, string>, who: { fetch: Visitor['fetch'] } = at().visitor) =>
      who.fetch(`${folder}/check`, { headers });
    const about = (uri: string, method = 'GET') => ({ 'x-forwarded-uri': uri, 'x-forwarded-method': method });

    it.each([UPSTREAM_SECRET, NEXT_UPSTREAM_SECRET])(
      '204 with the identity headers for the proxy that proves itself',
      async (secret) => {
        const answer = await ask({ 'x-gateway-secret': secret, ...about('/page') });
        expect(answer.status).toBe(204);
        expect(answer.headers.get('x-forwarded-user')).toBe(SEED.users.user);
        expect(answer.headers.get('x-forwarded-roles')).toBe('user');
      },
    );

    it('nginx’s names, too', async () => {
      const answer = await ask({
        'x-gateway-secret': UPSTREAM_SECRET,
        'x-original-uri': '/page?x=1',
        'x-original-method': 'POST',
      });
      expect(answer.status).toBe(204);
    });

    it('403 for every path without the proof, public ones too', async () => {
      for (const headers of [
        about('/public/x'),
        { ...about('/public/x'), 'x-gateway-secret': 'wrong' },
        { ...about('/page'), 'x-gateway-secret': `${UPSTREAM_SECRET},${NEXT_UPSTREAM_SECRET}` },
      ]) {
        expect((await ask(headers)).status).toBe(403);
      }
    });

    it('401 without a session, 204 on a public path', async () => {
      expect((await ask({ 'x-gateway-secret': UPSTREAM_SECRET, ...about('/page') }, at().box.visitor())).status).toBe(
        401,
      );
      expect(
        (await ask({ 'x-gateway-secret': UPSTREAM_SECRET, ...about('/public/x') }, at().box.visitor())).status,
      ).toBe(204);
    });

    it('403 without the role', async () => {
      const nobody = at().box.visitor();
      await nobody.signIn('nobody', { path: '/start' });
      expect((await ask({ 'x-gateway-secret': UPSTREAM_SECRET, ...about('/page') }, nobody)).status).toBe(403);
    });

    it.each(['/public/%00', '/public/%zz', '/public/../../x', '/public/..%2f..%2f..%2fx'])(
      'not 204 for nonsense: %s',
      async (uri) => {
        const answer = await ask({ 'x-gateway-secret': UPSTREAM_SECRET, ...about(uri) }, at().box.visitor());
        expect([400, 401, 403]).toContain(answer.status);
      },
    );

    it('not 204 when method and URI are missing or told twice', async () => {
      for (const headers of [
        {},
        { 'x-forwarded-uri': '/public/x', 'x-original-uri': '/page', 'x-forwarded-method': 'GET' },
      ]) {
        expect((await ask({ 'x-gateway-secret': UPSTREAM_SECRET, ...headers }, at().box.visitor())).status).not.toBe(
          204,
        );
      }
    });
  });
}
