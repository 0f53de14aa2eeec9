// The start page: the visitor's sites as links, each with its icon, its name and its host.
// ARCHITECTURE §7 Sites.

import { endpointPath } from '../endpoints/catalogue.ts';
import { brandName, createBrand } from './brand.ts';
import { createPalette } from './colour.ts';
import { actions, button, type Person, signedInAs } from './components.ts';
import { html, isolate, type Markup, safeHref } from './markup.ts';
import type { PagesConfig } from './page-headers.ts';
import type { Page, View } from './view.ts';

export interface SiteLink {
  readonly origin: string;
  readonly name: string;
  /** URL of its logo, or of the icon with its letter. */
  readonly icon: string;
}

export interface PortalData {
  readonly person: Person;
  readonly sites: readonly SiteLink[];
}

/** `hasLogo`: whoever opens the start page may load it. */
export function createSiteLink(site: Pick<PagesConfig, 'brand' | 'origin'>, hasLogo: boolean): SiteLink {
  const { origin, brand } = site;
  const logo = hasLogo && brand.logoUrl ? URL.parse(brand.logoUrl, origin)?.href : undefined;
  return { origin, name: brandName(site), icon: logo ?? createBrand(site, createPalette(brand.color)).icon };
}

const siteItem = ({ config }: View, { origin, name, icon }: SiteLink): Markup => {
  const host = URL.parse(origin)?.host ?? '';
  return html`<li><a href="${safeHref(`${origin}/`, config.origin)}"><img src="${icon}" alt=""><span><strong>${isolate(name)}</strong>${
    host !== name && html` ${isolate(host)}`
  }</span></a></li>`;
};

export const portalPage = (view: View, { person, sites }: PortalData): Page => {
  const { config, messages } = view;
  const list = html`<ul class="cards">${sites.map((site) => siteItem(view, site))}</ul>`;
  return {
    status: 200,
    title: messages.sites,
    sign: 'sites',
    isWide: true,
    images: sites.map(({ icon }) => icon),
    body: html`${signedInAs(view, person)}
${sites.length > 0 ? list : html`<p>${messages.noSites}</p>`}
${actions(
  button(view, endpointPath(config, 'profile'), messages.account),
  button(view, endpointPath(config, 'logout'), messages.signOut),
)}`,
  };
};
