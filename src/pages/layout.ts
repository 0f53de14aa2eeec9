// The frame of every page that the gateway makes, and the record of all of them: data and visitor in, Response out.
// ARCHITECTURE §2 (security headers), §3 (code and reference). WCAG 2.2 AA.

import { endpointPath } from '../endpoints/catalogue.ts';
import { createPalette } from './colour.ts';
import { faultPage } from './fault.ts';
import { formTooLargePage } from './form-too-large.ts';
import { directionOf, languageFor, messagesIn } from './languages.ts';
import { html, Markup } from './markup.ts';
import { misconfiguredPage } from './misconfigured.ts';
import { type PagesConfig, pageHeaders } from './page-headers.ts';
import { popupDonePage } from './popup-done.ts';
import { profilePage } from './profile.ts';
import {
  cookiesBlockedPage,
  forbiddenPage,
  foreignOrganizationPage,
  loginDeniedPage,
  stepUpRefusedPage,
} from './refusals.ts';
import { resubmitPage } from './resubmit.ts';
import { confirmLogoutPage, signedOutPage } from './sign-out.ts';
import { createStyleSheet } from './style.ts';
import type { Page, View } from './view.ts';

export interface PageContext {
  readonly requestId: string;
  readonly acceptLanguage: string | null;
}

const PAGES = {
  fault: faultPage,
  forbidden: forbiddenPage,
  stepUpRefused: stepUpRefusedPage,
  loginDenied: loginDeniedPage,
  foreignOrganization: foreignOrganizationPage,
  cookiesBlocked: cookiesBlockedPage,
  confirmLogout: confirmLogoutPage,
  signedOut: signedOutPage,
  profile: profilePage,
  resubmit: resubmitPage,
  formTooLarge: formTooLargePage,
  misconfigured: misconfiguredPage,
  popupDone: popupDonePage,
};

/** One function a page. The responses are the caller's to add headers to (`Set-Cookie`, `X-Request-Id`). */
export type Pages = {
  readonly [Name in keyof typeof PAGES]: (
    context: PageContext,
    ...data: Parameters<(typeof PAGES)[Name]> extends [View, infer Data] ? [data: Data] : []
  ) => Response;
};

const SIGNS: Readonly<Record<Page['sign'], string>> = {
  alert: 'M12 8v5m0 3.5v.01M12 3l9.5 17h-19z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  lock: 'M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20a7.5 7.5 0 0 1 15 0',
};

/** Outside of the tagged template, where the bundler would add a helper function because of it. */
const SCRIPT_END = new Markup('</script>');

const createNonce = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));

const createBrand = ({ brand, origin }: PagesConfig) => {
  const name = brand.name ?? (URL.canParse(origin) ? new URL(origin).host : '');
  const logo = brand.logoUrl === undefined ? undefined : html`<img src="${brand.logoUrl}" alt="${name}">`;
  return { name, header: html`<header>${logo ?? html`<p><bdi>${name}</bdi></p>`}</header>` };
};

/** How this configuration frames any page: brand and style are worked out once. */
const createFrame = (config: PagesConfig) => {
  const brand = createBrand(config);
  const style = new Markup(createStyleSheet(createPalette(config.brand.color)));

  return (page: Page, { language, messages }: View, requestId: string, nonce: string): Markup => html`<!doctype html>
<html lang="${language}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${
  // With no-referrer alone, browsers send forms with `Origin: null`, which applications and our own check take for a forgery.
  page.form && html`<meta name="referrer" content="strict-origin">`
}
<title>${page.title} · ${brand.name}</title>
<style nonce="${nonce}">${style}</style>
${page.script && html`<script src="${endpointPath(config, page.script)}" defer>${SCRIPT_END}`}
</head>
<body${page.isWide && html` class="wide"`}>
${brand.header}
<div class="card">
<main>
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGNS[page.sign]}"/></svg>
<h1>${page.title}</h1>
${page.body}
</main>
<footer>${messages.reference} <code dir="ltr">${requestId}</code> ${page.code && html`<code lang="en" dir="ltr">${page.code}</code>`}</footer>
</div>
</body>
</html>
`;
};

const createPage = <Data>(
  config: PagesConfig,
  frame: ReturnType<typeof createFrame>,
  toPage: (view: View, data: Data) => Page,
) => {
  return ({ requestId, acceptLanguage }: PageContext, data: Data): Response => {
    const language = languageFor(acceptLanguage);
    const view = { config, language, messages: messagesIn(language) };
    const page = toPage(view, data);
    const nonce = createNonce();
    const headers = pageHeaders(config, {
      language,
      nonce,
      hasScript: page.script !== undefined,
      sendsToApplication: page.form === 'application',
      keepsOpener: page.script === 'doneScript',
    });
    if (page.retryAfter !== undefined) headers['Retry-After'] = String(Math.ceil(page.retryAfter));
    return new Response(frame(page, view, requestId, nonce).text, { status: page.status, headers });
  };
};

export const createPages = (config: PagesConfig): Pages => {
  const frame = createFrame(config);
  const pages = Object.entries(PAGES).map(([name, toPage]) => [
    name,
    createPage(config, frame, toPage as (view: View, data: unknown) => Page),
  ]);
  return Object.fromEntries(pages) as Pages;
};
