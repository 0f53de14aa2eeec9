// The response headers of everything that the gateway itself says: pages, JSON, redirects.
// ARCHITECTURE §2; CSP Level 3, RFC 6797 (HSTS), Permissions Policy. Contract: no script but the gateway's own file, no frame, no cache.

import type { Config } from '../config/schema.ts';

type HeadersConfig = Pick<Config, 'isSecure'>;

const FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

/**
 * For every answer of the gateway's own. No Cross-Origin-Opener-Policy here: on a redirect it would cut a sign-in window from the page
 * that opened it; pages add it.
 */
export const ownResponseHeaders = ({ isSecure }: HeadersConfig): Record<string, string> => ({
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Permissions-Policy': FEATURES.map((feature) => `${feature}=()`).join(', '),
  'Referrer-Policy': 'no-referrer',
  ...(isSecure && { 'Strict-Transport-Security': 'max-age=31536000' }),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
});

/** A URL's origin as a CSP source. CSP's grammar has no IPv6 addresses, so of such a URL the scheme is the source. */
const toSource = (url: string | undefined, base: string): string | undefined => {
  if (url === undefined || !URL.canParse(url, base)) return undefined;
  const { hostname, origin, protocol } = new URL(url, base);
  if (!/^https?:$/.test(protocol)) return undefined;
  return hostname.startsWith('[') ? protocol : origin;
};

export type PagesConfig = Pick<Config, 'brand' | 'endpoints' | 'isSecure' | 'issuer' | 'origin'> &
  Partial<Pick<Config, 'post_logout_redirect_uri' | 'help'>>;

/** What a page's own needs change in its headers. */
export interface PageNeeds {
  readonly language: string;
  readonly nonce: string;
  /** Whether it loads one of the gateway's script files. */
  readonly hasScript: boolean;
  /** Whether its form goes to the application, which may redirect anywhere after it. */
  readonly sendsToApplication: boolean;
  /** Whether the page that opened this window may see that it is done. */
  readonly keepsOpener: boolean;
  /** URLs of images that it shows, beside the brand's. */
  readonly images: readonly string[];
}

export const pageHeaders = (config: PagesConfig, needs: PageNeeds): Record<string, string> => {
  const { logoUrl } = config.brand;
  // A path is on the same host as the page.
  const logo = logoUrl?.startsWith('/') ? "'self'" : toSource(logoUrl, config.origin);
  const images = [logo, ...needs.images.map((url) => toSource(url, config.origin))];
  // Chrome holds the whole chain of redirects after a form against form-action: our sign-out leads to the issuer and back.
  const signOut = [toSource(config.issuer, config.origin), toSource(config.post_logout_redirect_uri, config.origin)];
  const targets = needs.sendsToApplication ? ['https:', config.isSecure ? undefined : 'http:'] : signOut;
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${needs.nonce}'`,
    // The icon of the tab is in the page itself.
    `img-src ${['data:', ...new Set(images)].filter(Boolean).join(' ')}`,
    needs.hasScript && "script-src 'self'",
    `form-action ${[...new Set(["'self'", ...targets])].filter(Boolean).join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    ...ownResponseHeaders(config),
    'Content-Language': needs.language,
    'Content-Security-Policy': policy.filter(Boolean).join('; '),
    'Content-Type': 'text/html; charset=utf-8',
    'Cross-Origin-Opener-Policy': needs.keepsOpener ? 'unsafe-none' : 'same-origin',
    Vary: 'Accept-Language',
  };
};
