// GET / at PORTAL_HOST: who is signed in sees the sites that they may open.
// ARCHITECTURE §2, §7 Sites.

import { appendCookies, type Endpoint, pageContext } from '../../answer/answers.ts';
import type { Config } from '../../config/schema.ts';
import { createAdmission } from '../../gate/admission.ts';
import { callerOf } from '../../gate/authenticate.ts';
import { renewedCookies } from '../../gate/upstream.ts';
import type { Gateway } from '../../gateway.ts';
import { personOf } from '../../identity/person.ts';
import { createSiteLink } from '../../pages/portal.ts';
import { compileOpening } from './opening.ts';

export const portal: Endpoint = (gateway) => {
  const admit = createAdmission(gateway);
  let doors: ReturnType<typeof createDoors> | undefined;
  return async (c) => {
    const { host, pathname } = c.get('url');
    const admitted = await admit(c, { host, path: pathname });
    if (admitted instanceof Response) return admitted;
    const caller = callerOf(admitted.who);
    if (!caller) throw new Error('nobody is admitted to the start page without a session');
    doors ??= createDoors(gateway);
    const now = gateway.now();
    const page = await gateway.pages.portal(pageContext(c), {
      person: personOf(caller.identity),
      sites: doors.filter(({ mayOpen }) => mayOpen(caller, now)).map(({ link }) => link),
    });
    return appendCookies(page, await renewedCookies(gateway, admitted));
  };
};

/** Made once, when somebody asks: most isolates never see the start page. */
function createDoors({ config }: Gateway) {
  return (config.portal?.sites() ?? []).map((site) => {
    const { mayOpen, isPublic } = compileOpening(site, config.projectId);
    return { mayOpen, link: createSiteLink(site, isLogoPublic(site, isPublic)) };
  });
}

/** A logo on the site itself may be behind its sign-in, where the start page can't show it. */
function isLogoPublic({ brand, origin }: Config, isPublic: (path: string) => boolean): boolean {
  const url = brand.logoUrl === undefined ? null : URL.parse(brand.logoUrl, origin);
  return url !== null && (url.origin !== origin || isPublic(url.pathname));
}
