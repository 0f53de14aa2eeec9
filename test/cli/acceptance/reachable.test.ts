// When the back channel can be tried: ZITADEL must be able to reach this machine, and must have taken the address.

import { describe, expect, it } from 'vitest';
import { NotApplicable } from '../../../cli/acceptance/ledger.ts';
import { assertReachable } from '../../../cli/acceptance/steps/sign-out.ts';
import type { Stage } from '../../../cli/acceptance/world/stage.ts';

const stageOf = (issuer: string, backChannelRefusal?: string) =>
  ({
    instance: { issuer },
    gateway: { origin: 'http://localhost:8787' },
    made: backChannelRefusal === undefined ? {} : { backChannelRefusal },
  }) as unknown as Stage;

describe('postern acceptance judges whether back-channel logout can be reached', () => {
  it.each([
    ['on loopback', stageOf('http://localhost:8080'), undefined],
    ['elsewhere', stageOf('https://my-instance.zitadel.cloud'), 'can’t reach http://localhost:8787'],
    ['that refuses the address', stageOf('http://localhost:8080', 'refused it'), 'refused it'],
  ])('at a ZITADEL %s', (_, stage, reason) => {
    const ask = () => assertReachable(stage);
    if (reason === undefined) expect(ask).not.toThrow();
    else {
      expect(ask).toThrow(NotApplicable);
      expect(ask).toThrow(reason);
    }
  });
});
