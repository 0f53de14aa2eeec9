// What tests of strangers need: how a judgement ends, and where a stranger is.

import type { Bed } from './bed.ts';

export const mint = (bed: Bed, options: object = {}) => bed.zitadel.mintAccessToken({ sub: 'admin', ...options });
export const codeOf = (judging: Promise<{ kind: string }>) =>
  judging.then(
    ({ kind }) => kind,
    (error: { code: string }) => error.code,
  );
export const ATTACKER = '203.0.113.7';
