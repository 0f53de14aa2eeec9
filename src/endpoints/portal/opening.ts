// Whether somebody who is signed in at the start page may open a site: what its own rules say of its `/`.
// ARCHITECTURE §7 Sites. What can't be known there is not asked, so that a site is rather shown than missed.

import type { Config } from '../../config/schema.ts';
import { renameRoles } from '../../oidc/zitadel/roles.ts';
import { decide } from '../../policy/decide.ts';
import type { Caller } from '../../policy/judge.ts';
import { matchRequest } from '../../policy/match.ts';
import { compileRules } from '../../policy/rules.ts';

type Site = Pick<Config, 'origin' | 'routes' | 'takesBearer' | 'projectId' | 'roleMap' | 'organizationId'>;

interface Opening {
  /** `caller` has roles by ZITADEL's names; `now` in seconds. */
  readonly mayOpen: (caller: Caller, now: number) => boolean;
  /** Whether anybody may load a path of the site. */
  readonly isPublic: (path: string) => boolean;
}

/** `projectId`: the project whose roles a caller has. */
export function compileOpening(site: Site, projectId: string | undefined): Opening {
  const { origin, routes, roleMap, organizationId } = site;
  const known = site.projectId === projectId ? routes : routes.map(({ roles: _, orgs: __, ...others }) => others);
  const rules = compileRules(known, site);
  const { host } = new URL(origin);
  const requirementAt = (path: string) => {
    const matched = matchRequest(rules, { method: 'GET', host, path });
    return matched.kind === 'requirement' ? matched : undefined;
  };
  const start = requirementAt('/');
  return {
    mayOpen(caller, now) {
      const { identity } = caller;
      if (!start) return false;
      if (start.isPublic) return true;
      if (![undefined, identity.org].includes(organizationId) && identity.org !== undefined) return false;
      const roles = renameRoles(identity.roles, roleMap);
      const { kind } = decide(start, { ...caller, identity: { ...identity, roles } }, now);
      // A step-up is the visitor's own to make.
      return kind === 'allow' || kind === 'step-up';
    },
    isPublic: (path) => requirementAt(path)?.isPublic === true,
  };
}
