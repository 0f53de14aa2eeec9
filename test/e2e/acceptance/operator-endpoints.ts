// ARCHITECTURE §2: the operator's endpoints, for a gateway with any folder of its own.

import { describe, expect, it } from 'vitest';
import { SEED } from '../../../stand-in/seed.ts';
import type { Place } from './check-endpoint.ts';

export const OPERATOR = 'c71e0f5b92a84d36be0d5a7719f3c8e46a2d90b7f15c8e33';

export function describeOperatorEndpoints(folder: string, at: Place): void {
  describe('the operator’s', () => {
    it.each(['operator/sessions', 'metrics'])('%s: not without the secret', async (name) => {
      for (const authorization of [
        undefined,
        'Bearer wrong',
        `Basic ${OPERATOR}`,
        OPERATOR,
        `Bearer ${OPERATOR}x`,
        'Bearer ',
      ]) {
        const answer = await at().visitor.fetch(`${folder}/${name}`, {
          ...(authorization && { headers: { authorization } }),
        });
        expect([authorization, answer.status]).toEqual([
          authorization,
          expect.toSatisfy((status) => status === 401 || status === 404 || status === 403),
        ]);
        expect(answer.text).not.toContain(SEED.users.user);
      }
    });

    it('wrong secrets are throttled, by the address that the edge names', async () => {
      const from = async (address: string, secret: string) => {
        const headers = { authorization: `Bearer ${secret}`, 'cf-connecting-ip': address };
        return (await at().box.ask(`${folder}/metrics`, { headers })).status;
      };
      const statuses = [];
      for (let count = 0; count < 25; count++) statuses.push(await from('198.51.100.9', `wrong-${count}`));
      expect([statuses[0], statuses.at(-1), await from('198.51.100.9', OPERATOR)]).toEqual([401, 429, 429]);
      expect(await from('198.51.100.10', OPERATOR)).toBe(200);
    });

    it('metrics are Prometheus text', async () => {
      const answer = await at().box.ask(`${folder}/metrics`, { headers: { authorization: `Bearer ${OPERATOR}` } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
      expect(answer.text).toMatch(/^# (HELP|TYPE) /m);
      expect(answer.text).not.toContain(SEED.users.user);
    });

    it('sessions of a user are listed and ended', async () => {
      const headers = { authorization: `Bearer ${OPERATOR}` };
      const other = at().box.visitor();
      await other.signIn('staff', { path: '/start' });
      const listed = await at().box.ask(`${folder}/operator/sessions?sub=${SEED.users.staff}`, { headers });
      expect(listed.status).toBe(200);
      const { session } = (await other.fetch(`${folder}/userinfo`)).json();
      expect(listed.text).toContain(session.id);
      const ended = await at().box.ask(`${folder}/operator/sessions?sub=${SEED.users.staff}`, {
        method: 'DELETE',
        headers,
      });
      expect(ended.status).toBeLessThan(300);
      const after = await at().box.ask(`${folder}/operator/sessions?sub=${SEED.users.staff}`, { headers });
      expect(after.text).not.toContain(session.id);
    });
  });
}
