// The page that is served while the configuration is bad. The list of problems is shown on the operator's own machine alone.
// ARCHITECTURE §1. The list is English, as the configuration's documentation is.

import type { ConfigIssue } from '../config/issues.ts';
import { isLoopback } from '../config/urls.ts';
import { FAULTS } from '../errors.ts';
import { faultFrame } from './fault.ts';
import { html } from './markup.ts';
import type { PagesConfig } from './page-headers.ts';
import type { Page, View } from './view.ts';

export interface MisconfiguredData {
  readonly issues: readonly ConfigIssue[];
}

/** What pages need where no configuration could be read. `origin` is the request's. */
export const unconfigured = (origin: string): PagesConfig => ({
  brand: {},
  endpoints: '/auth',
  isSecure: origin.startsWith('https:'),
  issuer: origin,
  origin,
});

const issueItem = ({ variable, found, wanted, example }: ConfigIssue) => html`<li>
<h2><code>${variable}</code></h2>
<dl><dt>Found</dt><dd>${found}</dd><dt>Wanted</dt><dd>${wanted}</dd>${
  example !== '' && html`<dt>Example</dt><dd><code>${example}</code></dd>`
}</dl></li>`;

export const misconfiguredPage = (view: View, { issues }: MisconfiguredData): Page => {
  const isShown = isLoopback(URL.parse(view.config.origin)?.hostname ?? '') && issues.length > 0;
  const list = html`<div lang="en" dir="ltr"><p>${FAULTS.misconfigured.title}:</p><ul class="issues">${issues.map(issueItem)}</ul></div>`;
  return { ...faultFrame(view, { code: 'misconfigured', rest: html`${isShown && list}` }), isWide: isShown };
};
