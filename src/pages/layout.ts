// The frame of every page that the gateway makes: head, brand, card, and the reference at the end.
// ARCHITECTURE §3 (code and reference). WCAG 2.2 AA.

import { endpointPath } from '../endpoints/catalogue.ts';
import { createBrand } from './brand.ts';
import { createPalette } from './colour.ts';
import { directionOf } from './languages.ts';
import { html, Markup } from './markup.ts';
import type { PagesConfig } from './page-headers.ts';
import { createStyleSheet } from './style.ts';
import type { Page, View } from './view.ts';

const SIGNS: Readonly<Record<Page['sign'], string>> = {
  alert: 'M12 8v5m0 3.5v.01M12 3l9.5 17h-19z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  lock: 'M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20a7.5 7.5 0 0 1 15 0',
  sites: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
};

/** Outside of the tagged template, where the bundler would add a helper function because of it. */
const SCRIPT_END = new Markup('</script>');

/** How this configuration frames any page: brand and style are worked out once. */
export const createFrame = (config: PagesConfig) => {
  const palette = createPalette(config.brand.color);
  const brand = createBrand(config, palette);
  const style = new Markup(createStyleSheet(palette));

  return (page: Page, { language, messages }: View, requestId: string, nonce: string): Markup => html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="turbo-visit-control" content="reload">
${
  // With no-referrer alone, browsers send forms with `Origin: null`, which applications and our own check take for a forgery.
  page.form && html`<meta name="referrer" content="strict-origin">`
}
<title>${page.title} · ${brand.name}</title>
<link rel="icon" href="${brand.icon}">
<style nonce="${nonce}">${style}</style>
${page.script && html`<script src="${endpointPath(config, page.script)}" defer>${SCRIPT_END}`}
</head>
<body${page.isWide && html` class="wide"`}>
<header><a href="${page.home ?? '/'}">${brand.look}</a></header>
<main>
<svg class="${page.sign}" viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGNS[page.sign]}"/></svg>
<h1>${page.title}</h1>
${page.body}
</main>
${
  (page.code ?? page.status >= 400) &&
  html`<footer>${messages.reference} <code dir="ltr">${requestId}</code> ${page.code && html`<code lang="en" dir="ltr">${page.code}</code>`}</footer>`
}
</body>
</html>
`;
};
