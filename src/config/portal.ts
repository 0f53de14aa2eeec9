// The configuration of the start page (PORTAL_HOST): the first site's, without what is about an application.
// ARCHITECTURE §7 Sites.

import type { Config, Portal } from './schema.ts';
import type { Variables } from './variables.ts';

/** `assemble` makes a site at PORTAL_HOST of variables. */
export function assemblePortal(
  written: Variables,
  sites: Portal['sites'],
  assemble: (variables: Variables) => Config,
): Config {
  const logo = written.BRAND_LOGO_URL;
  const { upstream: _, ...config } = assemble({
    ...written,
    UPSTREAM_SECRET: undefined,
    ZITADEL_POST_LOGIN_URL: '/',
    // Each site names roles in its own way, so the session has them as ZITADEL does.
    ROLE_MAP: undefined,
    IDENTITY_HEADERS: undefined,
    // A path is one on the first site: no application has it here.
    BRAND_LOGO_URL: logo && new URL(logo, written.ZITADEL_CALLBACK_URL.origin).href,
  });
  // There is nothing here for a program.
  return { ...config, takesBearer: false, portal: { sites, claims: claimsAtRoot(written) } };
}

/** Claims of the rules that may be about a site's `/`. */
function claimsAtRoot({ ROUTES = [], SITES = [] }: Variables): readonly string[] {
  const routes = [...ROUTES, ...SITES.flatMap((site) => site.routes ?? [])];
  const met = routes.filter(({ path }) => /^[/*]+$/.test(path));
  return [...new Set(met.flatMap(({ claims }) => Object.keys(claims ?? {})))];
}
