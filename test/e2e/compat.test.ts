// Real applications that nobody here wrote, each with the settings of its recipe: the quick ones of `npm run compat`.

import { afterAll, beforeAll, describe, it } from 'vitest';
import { COMMON } from '../../compat/support/common.ts';
import { loadApplications } from '../../compat/support/list.ts';
import { missingPackages, roomOf } from '../../compat/support/packages.ts';
import { type Stage, startStage } from '../../compat/support/stage.ts';
import { hasChromium } from '../support/chromium.ts';

const quick = [...(await loadApplications())].filter(([, { isQuick }]) => isQuick);

describe.each(quick)('%s', (name, application) => {
  const missing = missingPackages(roomOf(name), application.packages);
  if (missing.length > 0)
    console.log(`${name} is skipped, not installed: ${missing.join(' ')} (npm run compat -- --install --quick)`);

  describe.skipIf(missing.length > 0 || !hasChromium)('behind the gateway', () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await startStage(name, application);
    });
    afterAll(() => stage?.stop());

    it.each([...COMMON, ...application.scenarios])('$says', (scenario) => stage.play(scenario), 120_000);
  });
});
