// What every page gets, and what it gives back to pages.ts.

import type { Help } from '../config/help.ts';
import type { FaultCode } from '../errors.ts';
import type { Language } from './languages.ts';
import type { Markup } from './markup.ts';
import type { Messages } from './messages/en.ts';
import type { PagesConfig } from './page-headers.ts';

export interface View {
  readonly config: PagesConfig;
  readonly language: Language;
  /** For times: the language, with the visitor's region where they name one. */
  readonly locale: string;
  readonly messages: Messages;
  /** The visitor's, by its IANA name; UTC without it. */
  readonly timeZone?: string | undefined;
  readonly acceptLanguage: string | null;
  /** Of the rule that the request met. */
  readonly help?: Help | undefined;
}

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly body: Markup;
  readonly sign: 'alert' | 'check' | 'lock' | 'person' | 'sites';
  /** Shown beside the reference, which only pages of failure have. */
  readonly code?: FaultCode | undefined;
  readonly retryAfter?: number | undefined;
  /** The value of `Refresh`, for a page that the browser leaves, or loads again, by itself. */
  readonly refresh?: string | undefined;
  /** Where the brand leads; default: the start page. */
  readonly home?: string;
  /** One of the gateway's script files. */
  readonly script?: 'resubmitScript' | 'doneScript' | 'onwardScript';
  /** The page that opened this window stays in touch with it. */
  readonly keepsOpener?: boolean;
  /** Where its form goes, when it has one. */
  readonly form?: 'gateway' | 'application';
  readonly isWide?: boolean;
  /** URLs of images that it shows, beside the brand's. */
  readonly images?: readonly string[];
}

/** A form's hidden fields: name and value. */
export type Fields = readonly (readonly [name: string, value: string])[];
