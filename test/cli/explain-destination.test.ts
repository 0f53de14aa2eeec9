// `explain` of a COPY or MOVE, and by which name the application is called: what it says, the worker does.
// RFC 4918 §10.3; docs/host-and-origin.md.

import { describe, expect, it } from 'vitest';
import { explainRequest } from '../../cli/explain/explanation.ts';
import { createQuestion } from '../../cli/explain/question.ts';
import { printExplanation } from '../../cli/explain/text.ts';
import { createHarness, ORIGIN } from '../support/harness.ts';

const ROUTES = [
  { path: '/admin/*', roles: ['admin'] },
  { path: '/drop/*', methods: ['PUT'], roles: ['admin'] },
  { path: '/other/*', upstream: 'https://other.internal', upstream_host: 'wiki.example' },
  { path: '/dav/*', strip_prefix: true },
];

describe('explain --destination', () => {
  const harness = createHarness({ env: { ROUTES } });
  const explained = (path: string, destination: string) =>
    explainRequest(harness.gateway.config, createQuestion('MOVE', path, { destination, roles: ['staff', 'user'] }));

  it.each(
    ['/a', '/dav/a', '/other/a'].flatMap((path) =>
      ['/b', '/admin/b', '/drop/b', '/other/b', '/dav/b', 'nowhere', 'https://evil.example/', '/%zz', '/%61dmin'].map(
        (destination) => [path, destination],
      ),
    ),
  )('MOVE %s to %s', async (path = '', destination = '') => {
    const browser = harness.browser();
    await harness.signIn(browser, 'staff');
    const answer = await browser.send(path, { method: 'MOVE', headers: { destination } });
    const said = explained(path, destination).answers.other;
    expect(said === 'pass' ? 200 : said).toBe(answer.status);
  });

  it('says which rules were met there', () => {
    const text = printExplanation(explained('/a', `${ORIGIN}/drop/b`));
    expect(text).toMatch(/^writes to +"\/drop\/b" +no rule/m);
    expect(text).toMatch(/"\/drop\/b" +rule 2, \/drop\/\*/);
    expect(text).toMatch(/^answer +403$/m);
  });
});

describe('explain says by which name the application is called', () => {
  const calledIn = (env: Record<string, unknown>, path: string) => {
    const { config } = createHarness({ env }).gateway;
    return /^called +(.*)$/m.exec(printExplanation(explainRequest(config, createQuestion('GET', path, {}))))?.[1];
  };

  it.each([
    [{}, '/a', undefined],
    [{ ROUTES }, '/other/a', 'https://wiki.example in Origin, Referer and Destination; Host: other.internal'],
    [{ UPSTREAM_HOST: 'public' }, '/a', `${ORIGIN} in Origin, Referer and Destination; Host: upstream.internal`],
  ])('%j %s', (env, path, expected) => expect(calledIn(env, path)).toBe(expected));
});
