// What may go wrong in the simulated world, and how it is put right.

import type { Harness } from '../support/harness.ts';

/** `countLostAnswer` is told when ZITADEL will do its work and its answer will be lost. */
export function possibleFaults({ zitadel, kv, objects }: Harness, countLostAnswer: () => void) {
  const ofProvider = [
    () => zitadel.faults.set('token', { status: 503 }),
    () => zitadel.faults.set('token', 'reset', { times: 3 }),
    () => zitadel.faults.set('userinfo', 'html'),
    () => zitadel.faults.set('userinfo', { status: 500 }),
    () => zitadel.faults.set('revocation', { status: 503 }),
    () => zitadel.faults.set('token', { delay: 5 }),
    () => {
      zitadel.settings.rateLimited = true;
    },
    () => {
      countLostAnswer();
      zitadel.faults.set('token', 'reset', { times: 1, afterWork: true });
    },
  ];
  const ofStores = [
    () => {
      kv.faults.failWrites = true;
    },
    () => {
      kv.faults.failReads = true;
    },
    () => {
      kv.faults.lag = 60;
    },
    () => {
      objects.isDown = true;
    },
  ];
  return { ofProvider, ofStores };
}

export function repair({ zitadel, kv, objects }: Harness): void {
  zitadel.faults.clear();
  zitadel.settings.rateLimited = false;
  Object.assign(kv.faults, { failReads: false, failWrites: false, lag: 0 });
  objects.isDown = false;
}
