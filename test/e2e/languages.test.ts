// The built worker in each language: a module of its own beside the script. A host that was given the script alone serves English.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directionOf, LANGUAGES } from '../../src/pages/languages.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';

const pageIn = (worker: RunningWorker, language: string) =>
  worker.browser().navigate('/auth/nowhere', { headers: { 'accept-language': `${language}, en;q=0.1` } });

describe('the built worker', () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker();
  });
  afterAll(() => worker.stop());

  it.each(LANGUAGES)('speaks %s, and says so', async (language) => {
    const page = await pageIn(worker, language);
    expect([page.status, page.headers.get('content-language')]).toEqual([404, language]);
    expect(await page.text()).toContain(`<html lang="${language}" dir="${directionOf(language)}">`);
  });
});

it('the script without its languages serves English', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-script-'));
  copyFileSync('dist/index.js', join(folder, 'index.js'));
  const worker = await startWorker({ script: join(folder, 'index.js') });
  try {
    const page = await pageIn(worker, 'de');
    expect([page.status, page.headers.get('content-language')]).toEqual([404, 'en']);
    expect(await page.text()).toContain('<html lang="en" dir="ltr">');
  } finally {
    await worker.stop();
    rmSync(folder, { recursive: true });
  }
});
