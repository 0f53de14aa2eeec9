// Security headers of the application's responses. It gets those that it lacks, from a set that breaks no application; its own stand.
// ARCHITECTURE §1 SECURITY_HEADERS.

import type { Config } from '../../config/schema.ts';

const DEFAULTS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Frame-Options': 'SAMEORIGIN',
};
/** One year, and nothing about subdomains, which are somebody else's. */
const HSTS = 'max-age=31536000';

export function compileSecurityHeaders(
  config: Pick<Config, 'securityHeaders' | 'isSecure'>,
): (headers: Headers) => void {
  const table = new Map<string, string | false>();
  const add = (entries: Readonly<Record<string, string | false>>) => {
    for (const [name, value] of Object.entries(entries)) table.set(name.toLowerCase(), value);
  };
  add(DEFAULTS);
  if (config.isSecure) add({ 'Strict-Transport-Security': HSTS });
  add(config.securityHeaders);
  const added = [...table].filter((entry): entry is [string, string] => entry[1] !== false);

  return (headers) => {
    for (const [name, value] of added) {
      if (headers.has(name) || (name === 'x-frame-options' && hasFrameAncestors(headers))) continue;
      headers.set(name, value);
    }
  };
}

/** frame-ancestors is newer and more precise than X-Frame-Options, which beside it would only confuse old browsers. */
function hasFrameAncestors(headers: Headers): boolean {
  return /(^|[;,])\s*frame-ancestors(\s|$|;)/i.test(headers.get('Content-Security-Policy') ?? '');
}
