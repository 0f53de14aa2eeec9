// The answer to a tagged refusal: the fault that its journey's table makes of it. Its tag is the event's decision.

import type { Gateway } from '../gateway.ts';
import { type FaultTable, faultOf, type Tagged } from '../shared/refusals.ts';
import { type AppContext, thrownAnswer } from './answers.ts';

export function refusalAnswer<R extends Tagged>(
  gateway: Gateway,
  c: AppContext,
  table: FaultTable<R>,
  refusal: R,
): Promise<Response> {
  c.get('event').decision = refusal.tag;
  return thrownAnswer(gateway, c, faultOf(table, refusal));
}
