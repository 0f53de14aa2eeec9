// axe finds nothing on any page: WCAG 2.2 A and AA and its own good practice, light and dark, left to right and right to left.

import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, hasBrowser, SAMPLES, type Stage } from './stage.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(!hasBrowser)('accessibility, by axe', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage?.close());

  it.each([
    ['en', 'light', 1280],
    ['en', 'dark', 360],
    ['ar', 'light', 360],
  ] as const)('%s, %s, %i pixels', async (language, colorScheme, width) => {
    // The policy forbids scripts from elsewhere, axe among them; pages that go on by script would be gone before it looks.
    const context = await stage.browser.newContext({ bypassCSP: true, colorScheme, viewport: { width, height: 720 } });
    await context.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    const page = await context.newPage();
    for (const name of SAMPLES) {
      await page.goto(stage.urlOf(name, language));
      await page.addScriptTag({ path: AXE });
      const found = await page.evaluate<string[]>(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)].join(" ")))',
      );
      expect(found, name).toEqual([]);
    }
    await context.close();
  });
});
