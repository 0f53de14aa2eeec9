// The answer in the gateway's folder where nothing is: it must not look like the application's own 404 to whoever sets the gateway up.
// ARCHITECTURE §2.

import type { Gateway } from '../gateway.ts';
import { whoseFolder } from '../pages/own-folder.ts';
import { type AppContext, faultAnswer } from './answers.ts';

export function nothingInFolder(gateway: Gateway, c: AppContext): Promise<Response> {
  const aside = whoseFolder(gateway.config);
  return faultAnswer(gateway, c, 'not_found', 'no such endpoint', {
    page: (context) => gateway.pages.fault(context, { code: 'not_found', aside }),
    ...(aside !== undefined && { members: { detail: aside } }),
  });
}
