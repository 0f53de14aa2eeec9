// /auth/operator/sessions: the operator lists and ends a user's sessions. 404 while OPERATOR_SECRET is unset.
// ARCHITECTURE §2; GET ?sub=… lists, DELETE ?sub=…[&id=…] ends one or all.

import { type Endpoint, jsonAnswer } from '../../answer/answers.ts';
import { GatewayError } from '../../errors.ts';
import { refuseUnlessOperator } from '../../gate/operator.ts';
import type { Gateway } from '../../gateway.ts';

export const operatorSessions: Endpoint = (gateway) => async (c) => {
  const refusal = await refuseUnlessOperator(gateway, c);
  if (refusal) return refusal;
  const query = new URL(c.req.url).searchParams;
  const sub = query.get('sub');
  if (!sub) throw new GatewayError('bad_request', 'operator: the parameter sub is missing');
  c.get('event').sub = sub;
  return c.req.method === 'DELETE' ? endSessions(gateway, sub, query.get('id')) : listSessions(gateway, sub);
};

async function listSessions(gateway: Gateway, sub: string): Promise<Response> {
  const sessions = await gateway.directory.ofUser(sub).list();
  const described = sessions.map(({ id, device, startedAt, seenAt, expiresAt }) => ({
    id,
    user_agent: device.userAgent,
    place: device.place,
    started_at: startedAt,
    seen_at: seenAt,
    expires_at: expiresAt,
  }));
  return jsonAnswer(gateway, { sub, sessions: described });
}

async function endSessions(gateway: Gateway, sub: string, id: string | null): Promise<Response> {
  const selection = id === null ? { allExcept: null } : { id };
  const { ended } = await gateway.directory.ofUser(sub).end(selection, 'operator', false);
  // An id of another user's session ends nothing at the object, so this isolate must not end it either.
  if (id !== null && ended > 0) gateway.visitorSessions.markEnded(id, 'operator');
  return jsonAnswer(gateway, { sub, ended });
}
