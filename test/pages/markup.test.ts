// Escaping, and where links may lead.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, isolate, safeHref } from '../../src/pages/markup.ts';

const ORIGIN = 'https://app.example.com';

describe('html', () => {
  it('escapes every sign that could end a text or an attribute', () => {
    expect(html`<p title="${`"><script>'&`}">${'<b>'}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;&#39;&amp;">&lt;b&gt;</p>',
    );
  });

  it('keeps markup, joins lists, leaves out what is not there', () => {
    expect(html`${[html`<i>`, '<', 7]}${undefined}${false}`.text).toBe('<i>&lt;7');
  });

  it('never lets a text through unescapeHtmld, and loses nothing of it', () => {
    const unescapeHtml = (text: string) =>
      text
        .replace(/&lt;/g, '<')
        .replace(/&gt;/g, '>')
        .replace(/&quot;/g, '"')
        .replace(/&#39;/g, "'")
        .replace(/&amp;/g, '&');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = html`${text}`.text;
        expect(escaped).not.toMatch(/[<>"']/);
        expect(unescapeHtml(escaped)).toBe(text);
      }),
    );
  });

  it('isolates the direction of words from outside', () => {
    expect(isolate('<x>').text).toBe('<bdi>&lt;x&gt;</bdi>');
  });
});

describe('safeHref', () => {
  it.each([
    ['/report?a=1', '/report?a=1'],
    ['//evil.example/x', `${ORIGIN}//evil.example/x`],
    ['/\\evil.example', `${ORIGIN}/\\evil.example`],
    ['/\t/evil.example', `${ORIGIN}/\t/evil.example`],
    ['https://other.example/x', 'https://other.example/x'],
    ['javascript:alert(1)', '/'],
    ['data:text/html,x', '/'],
    ['report', '/'],
    // `URL.canParse` takes it for one, and `new URL` does not.
    [`https://A${'a'.repeat(20_000)}.example/`, '/'],
    ['', '/'],
  ])('turns %j into %j', (href, safe) => {
    expect(safeHref(href, ORIGIN)).toBe(safe);
  });

  it('leads a path to our own origin under every spelling', () => {
    const pieces = fc.constantFrom('/', '\\', '.', '..', '\t', '\n', ' ', '@', ':', '%2f', 'evil.example', '?', '#');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const href = safeHref(`/${parts.join('')}`, ORIGIN);
        expect(new URL(href, ORIGIN).origin).toBe(ORIGIN);
      }),
    );
  });
});
