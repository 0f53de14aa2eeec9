// SUPPORT_URL, ACCESS_REQUEST_URL, MESSAGES and a rule's own: nothing but https: and mailto: can be pressed on our pages.

import { describe, expect, it } from 'vitest';
import { configOf, issuesOf } from './environment.ts';

const GOOD = [
  'https://desk.example.com/access?for=reports#form',
  'mailto:help@example.com',
  'mailto:help@example.com?subject=Reports',
  'MAILTO:Help@example.com',
];
const BAD = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//@example.com',
  'data:text/html,<script>',
  'http://desk.example.com/',
  'ftp://example.com/',
  'tel:+41',
  '//desk.example.com/',
  '/help',
  'help@example.com',
  'mailto:',
  'mailto:help',
  'mailto:help@example.com body',
  'mailto:"x"@example.com',
  'https://user:pass@example.com/',
  'https://exa mple.com/',
  ' javascript:alert(1)@https://example.com',
  'java\nscript:alert(1)@example.com',
];

describe.each(['SUPPORT_URL', 'ACCESS_REQUEST_URL'])('%s', (variable) => {
  it.each(GOOD)('takes %s', (url) => {
    expect(Object.values(configOf({ [variable]: url }).help?.urls ?? {})).toEqual([url]);
  });

  it.each(BAD)('refuses %j', (url) => {
    expect(issuesOf({ [variable]: url })).toEqual([expect.objectContaining({ variable })]);
    const field = variable.toLowerCase();
    const [issue] = issuesOf({ ROUTES: [{ path: '/a', [field]: url }] });
    expect(issue?.variable).toContain(`ROUTES, route 1, ${field}`);
  });
});

describe('MESSAGES', () => {
  it.each([
    { access: 'Ask Ada.' },
    {
      support: { en: 'Call 42.', 'de-CH': 'Telefon 42.', 'pt-BR': 'Ligue 42.', 'zh-Hant': '電話 42', fi: 'Soita 42.' },
    },
    {},
  ])('takes %j, also as JSON, and a rule takes it', (messages) => {
    expect(configOf({ MESSAGES: messages }).help?.sentences).toEqual(messages);
    expect(configOf({ MESSAGES: JSON.stringify(messages) }).help?.sentences).toEqual(messages);
    expect(configOf({ ROUTES: [{ path: '/a', messages }] }).routes[0]?.messages).toEqual(messages);
  });

  it.each<[unknown, string]>([
    [{ help: 'x' }, 'one of "access", "support"'],
    [{ access: '' }, 'a sentence'],
    [{ access: ' ' }, 'a sentence'],
    [{ access: 'a\nb' }, 'a sentence'],
    [{ access: 'x'.repeat(501) }, 'at most 500'],
    [{ access: 42 }, 'a sentence'],
    [{ access: {} }, 'for each language'],
    [{ access: { en: 7 } }, 'for each language'],
    [{ access: { english: 'x' } }, 'languages as'],
    [{ access: { 'en-GB': 'x' } }, 'languages as'],
    ['[]', 'a table'],
    ['x', 'a table'],
  ])('refuses %j', (messages, wanted) => {
    const [issue] = issuesOf({ MESSAGES: messages });
    expect(issue?.wanted).toContain(wanted);
  });
});

it('without any there is none', () => {
  expect(configOf().help).toBeUndefined();
});
