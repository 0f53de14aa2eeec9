// A language that can't be loaded is English, and never a page that fails. What is loaded once is not asked for again.

import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('../../src/pages/messages/compiled/de.txt');
  vi.resetModules();
});

const wordingWith = async (load: () => Promise<object>) => {
  vi.resetModules();
  vi.doMock('../../src/pages/messages/compiled/de.txt', load);
  const { wordingFor } = await import('../../src/pages/languages.ts');
  return wordingFor;
};

describe('a language’s module', () => {
  it.each([
    ['is missing', () => Promise.reject(new Error('No such module'))],
    ['is empty', async () => ({ default: '' })],
    ['has a line too few', async () => ({ default: 'Seite\nnicht\ngefunden' })],
    ['is no text', async () => ({ default: undefined })],
  ])('that %s is English, with English’s locale', async (_what, load) => {
    const wordingFor = await wordingWith(load);
    const { language, locale, messages } = await wordingFor('de-AT');
    expect([language, locale, messages.signIn]).toEqual(['en', 'en', 'Sign in']);
    expect((await wordingFor('fr')).messages.signIn).toBe('Se connecter');
  });

  it('is asked for once', async () => {
    let loads = 0;
    const { readFileSync } = await import('node:fs');
    const text = readFileSync(new URL('../../src/pages/messages/compiled/de.txt', import.meta.url), 'utf8');
    const wordingFor = await wordingWith(async () => {
      loads += 1;
      return { default: text };
    });
    const first = await wordingFor('de');
    expect((await wordingFor('de-AT')).messages).toBe(first.messages);
    expect(loads).toBe(1);
  });
});
