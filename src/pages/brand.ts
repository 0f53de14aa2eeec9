// The brand on the gateway's pages: its name, its mark in the head of the page, and the icon of the tab.

import type { Palette } from './colour.ts';
import { html, type Markup } from './markup.ts';
import type { PagesConfig } from './page-headers.ts';

export interface Brand {
  readonly name: string;
  /** The logo, or the mark and the name. */
  readonly look: Markup;
  /** A data: URL. Without an icon of its own a page has the browser ask for /favicon.ico, which its policy refuses. */
  readonly icon: string;
}

export const brandName = ({ brand, origin }: Pick<PagesConfig, 'brand' | 'origin'>): string =>
  brand.name ?? URL.parse(origin)?.host ?? '';

export const createBrand = (config: Pick<PagesConfig, 'brand' | 'origin'>, palette: Palette): Brand => {
  const { logoUrl } = config.brand;
  const name = brandName(config);
  // Letters and numbers only: whatever else a name may begin with is nothing to draw.
  const letter = /[\p{L}\p{N}]/u.exec(name)?.[0].toUpperCase() ?? '';
  const look = logoUrl
    ? html`<img src="${logoUrl}" alt="${name}">`
    : html`<span class="mark" aria-hidden="true">${letter}</span><bdi>${name}</bdi>`;
  return {
    name,
    look,
    icon: `data:image/svg+xml,${encodeURIComponent(draw(letter, palette).text)}`,
  };
};

const draw = (letter: string, { brand, onBrand }: Palette) =>
  html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${brand}"/><text x="16" y="23" fill="${onBrand}" font-family="system-ui,sans-serif" font-size="20" font-weight="600" text-anchor="middle">${letter}</text></svg>`;
