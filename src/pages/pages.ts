// All pages that the gateway makes, by name: data and visitor in, Response out.
// ARCHITECTURE §2 (security headers).

import { PAGES } from './every-page.ts';
import { wordingFor } from './languages.ts';
import { createFrame } from './layout.ts';
import { type PagesConfig, pageHeaders } from './page-headers.ts';
import type { Page, View } from './view.ts';

export interface PageContext {
  readonly requestId: string;
  readonly acceptLanguage: string | null;
  /** The visitor's, as the edge knows it from their address (IANA); UTC without it. */
  readonly timeZone?: string | undefined;
  /** Of the rule that the request met. */
  readonly help?: View['help'];
}

/** One function a page. The responses are the caller's to add headers to (`Set-Cookie`, `X-Request-Id`). */
export type Pages = {
  readonly [Name in keyof typeof PAGES]: (
    context: PageContext,
    ...data: Parameters<(typeof PAGES)[Name]> extends [View, ...infer Data] ? Data : []
  ) => Promise<Response>;
};

const createNonce = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));

const createPage = <Data>(
  config: PagesConfig,
  frame: ReturnType<typeof createFrame>,
  toPage: (view: View, data: Data) => Page,
) => {
  return async ({ requestId, ...visitor }: PageContext, data: Data): Promise<Response> => {
    const view = { config, ...visitor, ...(await wordingFor(visitor.acceptLanguage)) };
    const page = toPage(view, data);
    const nonce = createNonce();
    const headers = pageHeaders(config, {
      language: view.language,
      nonce,
      hasScript: page.script !== undefined,
      sendsToApplication: page.form === 'application',
      keepsOpener: page.keepsOpener === true,
      images: page.images ?? [],
    });
    if (page.refresh !== undefined) headers['Refresh'] = page.refresh;
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
