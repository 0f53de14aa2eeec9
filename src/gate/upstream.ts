// The way of a request to the application: admitted or answered here, then forwarded with the identity in its headers.
// Design §3, §6.

import type { AppContext } from '../answer/answers.ts';
import { appendCookies, redirectAnswer } from '../answer/answers.ts';
import type { Gateway } from '../gateway.ts';
import { replayForm } from '../login/replay-form.ts';
import { createAdmission } from './admission.ts';
import { createForwardAdmitted } from './forwarding.ts';

export interface UpstreamRoute {
  answer(c: AppContext): Promise<Response>;
}

export function createUpstreamRoute(gateway: Gateway): UpstreamRoute {
  const admission = createAdmission(gateway);
  const forward = createForwardAdmitted(gateway);

  return {
    async answer(c) {
      const { host, pathname } = c.get('url');
      const admitted = await admission.admit(c, { host, path: pathname });
      if (admitted instanceof Response) return admitted;
      const { who } = admitted;
      const sent =
        who.kind === 'session' ? await replayForm(gateway, c.req.raw, who.visit.session.identity.sub) : undefined;
      // It has been sent already, as after a reload: what a form leads to is a page.
      if (sent?.kind === 'spent') return redirectAnswer(gateway, c.req.url, 303);
      if (sent) c.req.raw = sent.request;
      const revalidation = {
        stillAllowed: admission.revalidatorOf(admitted),
        revalidationTimes: admission.revalidationTimes(admitted),
      };
      const response = await forward(c, admitted, revalidation).catch(async (error) => {
        await sent?.putBack?.().catch(() => undefined);
        throw error;
      });
      return response.status === 101 ? response : appendCookies(response, await admission.renewedCookies(admitted));
    },
  };
}
