// An operator's own sentences and addresses on our pages: of the site, of a rule, in the visitor's language.

import { describe, expect, it } from 'vitest';
import { createHarness } from '../support/harness.ts';
import { logIn } from './steps.ts';

const SITE = {
  SUPPORT_URL: 'mailto:help@example.com?subject=Reports',
  ACCESS_REQUEST_URL: 'https://desk.example.com/access',
  MESSAGES: {
    access: { en: 'Ada decides who gets in.', de: 'Zugang gibt Ada.', fi: 'Pääsyn antaa Ada.', ar: 'تمنح آدا الوصول.' },
    support: 'Call 42 <at any time>.',
  },
};
const ROUTES = [
  { path: '/money/*', roles: ['x'], access_request_url: 'mailto:bob@example.com', messages: { access: 'Ask Bob.' } },
  { path: '/plain/*', roles: ['x'] },
  { path: '/away/*', support_url: 'https://status.example.com/', messages: { support: { en: 'See the status.' } } },
];

async function pageOf(env: Record<string, unknown>, path: string, language = 'en') {
  const upstream = () => {
    throw new TypeError('connection refused');
  };
  const harness = createHarness({ env: { ROUTES, ...env }, upstream });
  const browser = harness.browser();
  await logIn(harness, browser);
  return (await browser.navigate(path, { headers: { 'accept-language': language } })).text();
}

const link = (label: string, url: string) => `<p class="more"><a href="${url}">${label}</a></p>`;

describe('without any', () => {
  it('our own sentence stands, and no link', async () => {
    const page = await pageOf({}, '/plain/a');
    expect(page).toContain('contact the site’s administrator');
    expect(page).not.toContain('class="more"');
  });
});

describe('of the site', () => {
  it.each([
    ['en', '<p lang="en" dir="auto">Ada decides who gets in.</p>', 'Request access'],
    ['de-AT,de;q=0.9', '<p lang="de" dir="auto">Zugang gibt Ada.</p>', 'Zugriff anfordern'],
    ['fi', '<p lang="fi" dir="auto">Pääsyn antaa Ada.</p>', 'Request access'],
    ['ar', '<p lang="ar" dir="auto">تمنح آدا الوصول.</p>', 'طلب الوصول'],
    // Their first, since there is no French one.
    ['fr', '<p lang="en" dir="auto">Ada decides who gets in.</p>', 'Demander l’accès'],
  ])('%s', async (language, sentence, label) => {
    const page = await pageOf(SITE, '/plain/a', language);
    expect(page).toContain(sentence);
    expect(page).toContain(link(label, SITE.ACCESS_REQUEST_URL));
  });

  it('whoever meets a fault is sent to support, in place of “the administrator”; nothing is taken for HTML', async () => {
    const page = await pageOf(SITE, '/other');
    expect(page).toContain('<p><bdi>Call 42 &lt;at any time&gt;.</bdi></p>');
    expect(page).toContain(link('Get help', SITE.SUPPORT_URL));
    expect(page).not.toContain('reference below');
  });

  it('an address for help alone serves those who lack access too', async () => {
    const page = await pageOf({ SUPPORT_URL: SITE.SUPPORT_URL }, '/plain/a');
    expect(page).toContain(link('Get help', SITE.SUPPORT_URL));
  });
});

describe('of a rule', () => {
  it('goes before the site’s', async () => {
    const page = await pageOf(SITE, '/money/a');
    expect(page).toContain('<p><bdi>Ask Bob.</bdi></p>');
    expect(page).toContain(link('Request access', 'mailto:bob@example.com'));
    expect(page).not.toContain('Ada decides');
  });

  it('holds on pages of faults, too', async () => {
    const page = await pageOf(SITE, '/away/a');
    expect(page).toContain('See the status.');
    expect(page).toContain(link('Get help', 'https://status.example.com/'));
  });
});
