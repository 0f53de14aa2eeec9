// Addresses of applications and sites, as the old files write them, made such as a rule takes. Credentials in them stay out.

import { parseUpstream } from '../../src/config/urls.ts';
import { Wanted } from '../../src/config/values.ts';

export interface Address {
  /** Without credentials, query, fragment and slash at its end. */
  readonly url: string;
  readonly path: string;
  readonly host: string;
  readonly hadCredentials: boolean;
}

/** Only http and https. */
export function parseAddress(text: string | undefined): Address | undefined {
  const url = URL.parse((text ?? '').trim());
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  const plain = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  if (parseUpstream(plain) instanceof Wanted) return undefined;
  return { url: plain, path: url.pathname, host: url.host, hadCredentials: url.username !== '' || url.password !== '' };
}

/** Of `https://app.example.com:8443/x` and of `app.example.com`. */
export function hostOf(text: string | undefined): string | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text ?? '') ? (text ?? '') : `https://${text ?? ''}`);
  return url && url.host !== '' && !url.host.includes('*') ? url.host : undefined;
}
