// A browser that asks for the end of its session.

import type { Browser } from '../../stand-in/sign-in.ts';
import type { Bed } from './support.ts';

export function endSession(bed: Bed, params: Record<string, string>, browser: Browser = new Map()) {
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  return bed.get(`/oidc/v1/end_session?${new URLSearchParams(params)}`, cookie === '' ? {} : { cookie });
}
