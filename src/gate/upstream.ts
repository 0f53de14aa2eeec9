// The way of a request to the application: admitted or answered here, then forwarded with the identity in its headers.
// ARCHITECTURE §3, §6.

import { type AppContext, appendCookies, redirectAnswer } from '../answer/answers.ts';
import type { Gateway } from '../gateway.ts';
import { replayForm } from '../login/replay-form.ts';
import { createAdmission } from './admission.ts';
import { createForwardAdmitted } from './forwarding.ts';
import type { Identified } from './stages.ts';

export interface UpstreamRoute {
  answer(c: AppContext): Promise<Response>;
}

export function createUpstreamRoute(gateway: Gateway): UpstreamRoute {
  const admit = createAdmission(gateway);
  const forward = createForwardAdmitted(gateway);

  return {
    async answer(c) {
      const { host, pathname } = c.get('url');
      const admitted = await admit(c, { host, path: pathname });
      if (admitted instanceof Response) return admitted;
      const { who } = admitted;
      const sent =
        who.kind === 'session' ? await replayForm(gateway, c.req.raw, who.visit.session.identity.sub) : undefined;
      // The form has been sent already, and this is a reload. The visitor sees the page that the form leads to.
      if (sent?.kind === 'spent') return redirectAnswer(gateway, c.req.url, 303);
      if (sent) c.req.raw = sent.request;
      const response = await forward(admitted).catch(async (error) => {
        await sent?.putBack?.().catch(() => undefined);
        throw error;
      });
      return response.status === 101 ? response : appendCookies(response, await renewedCookies(gateway, admitted));
    },
  };
}

/** Set-Cookie values by which a session goes on. */
export async function renewedCookies({ visitorSessions }: Gateway, { who }: Identified): Promise<readonly string[]> {
  return who.kind === 'session' ? visitorSessions.renewedCookies(who.visit) : [];
}
