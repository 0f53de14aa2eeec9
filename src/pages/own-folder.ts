// Whose folder it is in which nothing is found, for whoever sets the gateway up: an application that has addresses there loses them.
// ARCHITECTURE §2.

import { isLoopback } from '../config/urls.ts';
import type { PagesConfig } from './page-headers.ts';

/** On the operator's own machine alone; visitors need not know. */
export function whoseFolder({ origin, endpoints }: Pick<PagesConfig, 'origin' | 'endpoints'>): string | undefined {
  if (!isLoopback(new URL(origin).hostname)) return undefined;
  return `This folder belongs to the gateway: the application gets nothing that is asked for below ${endpoints}/. If it has pages there, give the gateway another folder: npx postern setup --url ${origin}/_auth/callback`;
}
