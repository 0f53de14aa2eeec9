// What is served while the configuration is bad: a 503, whatever is asked; the list of what is wrong on loopback only.
// ARCHITECTURE §1; promise 10.

import type { ConfigIssue } from '../config/load.ts';
import { FAULTS } from '../errors.ts';
import type { Emit } from '../observability/request-event.ts';
import { unconfigured } from '../pages/misconfigured.ts';
import { createPages } from '../pages/pages.ts';

export function createMisconfiguredApp(issues: readonly ConfigIssue[], emit: Emit) {
  return {
    async fetch(request: Request): Promise<Response> {
      const { origin, pathname, host } = new URL(request.url);
      const requestId = crypto.randomUUID();
      const context = { requestId, acceptLanguage: request.headers.get('accept-language') };
      const response = await createPages(unconfigured(origin)).misconfigured(context, { issues });
      response.headers.set('X-Request-Id', requestId);
      const { level, status } = FAULTS.misconfigured;
      emit({
        event: 'request',
        level,
        request_id: requestId,
        method: request.method,
        host,
        path: pathname,
        status,
        fault: 'misconfigured',
      });
      return response;
    },
  };
}
