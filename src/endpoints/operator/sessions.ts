// /auth/operator/sessions: the operator lists and ends a user's sessions. 404 while OPERATOR_SECRET is unset.
// ARCHITECTURE §2; GET ?sub=… lists, DELETE ?sub=…[&id=…|&site=…] ends one, those at a site, or all.

import { type Endpoint, jsonAnswer } from '../../answer/answers.ts';
import type { Config } from '../../config/schema.ts';
import { GatewayError } from '../../errors.ts';
import { refuseUnlessOperator } from '../../gate/operator.ts';
import type { Gateway } from '../../gateway.ts';

type Selection = Parameters<ReturnType<Gateway['directory']['ofUser']>['end']>[0];

export const operatorSessions: Endpoint = (gateway) => async (c) => {
  const refusal = await refuseUnlessOperator(gateway, c);
  if (refusal) return refusal;
  const query = new URL(c.req.url).searchParams;
  const sub = query.get('sub');
  if (!sub) throw new GatewayError('bad_request', 'operator: the parameter sub is missing');
  c.get('event').sub = sub;
  if (c.req.method !== 'DELETE') return listSessions(gateway, sub);
  const selection = selectionOf(gateway.config, query.get('id'), query.get('site'));
  if (!selection) throw new GatewayError('bad_request', 'operator: id or site, not both; site where there are several');
  return endSessions(gateway, sub, selection);
};

/** `site` is a host. Undefined for a question that can't be meant: what is ended in doubt is too much. */
function selectionOf({ firstSite }: Config, id: string | null, site: string | null): Selection | undefined {
  if (site === null) return id === null ? { allExcept: null } : { id };
  if (id !== null || firstSite === undefined) return undefined;
  return { allAt: site === firstSite ? null : site };
}

async function listSessions(gateway: Gateway, sub: string): Promise<Response> {
  const sessions = await gateway.directory.ofUser(sub).list();
  const described = sessions.map(({ id, site, device, startedAt, seenAt, expiresAt }) => ({
    id,
    site: site ?? gateway.config.firstSite,
    user_agent: device.userAgent,
    place: device.place,
    started_at: startedAt,
    seen_at: seenAt,
    expires_at: expiresAt,
  }));
  return jsonAnswer(gateway, { sub, sessions: described });
}

async function endSessions(gateway: Gateway, sub: string, selection: Selection): Promise<Response> {
  const { ended } = await gateway.directory.ofUser(sub).end(selection, 'operator', false);
  // An id of another user's session ends nothing at the object, so this isolate must not end it either.
  if ('id' in selection && ended > 0) gateway.visitorSessions.markEnded(selection.id, 'operator');
  return jsonAnswer(gateway, { sub, ended });
}
