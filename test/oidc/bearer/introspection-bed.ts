// What tests of introspection need: opaque tokens, answers that are changed, and the fault that a judgement ends in.

import { GatewayError } from '../../../src/errors.ts';
import { type Bed, SEED } from './bed.ts';

export type Json = Record<string, unknown>;

export const mint = (bed: Bed) => bed.zitadel.mintAccessToken({ sub: 'admin' });
export const { service, admin, staff } = SEED.users;

export async function faultOf(judging: Promise<unknown>): Promise<GatewayError> {
  const error = await judging.then(
    (judged) => new Error(`judged: ${JSON.stringify(judged)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatewayError)) throw error;
  return error;
}

/** ZITADEL's answer with some members changed; `undefined` takes one out. */
export function answering(bed: Bed, changes: Json) {
  bed.zitadel.tamper.introspection = (answer) => ({ ...answer, ...changes });
}
