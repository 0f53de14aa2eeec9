// Types of `postern/worker`, the module that an operator's worker hands on:
// export { default, UserSessions } from 'postern/worker'

import type { DurableObject } from 'cloudflare:workers';

/** The gateway. Its environment: the variables, secrets and bindings of docs/configuration.md. */
declare const worker: { fetch(request: Request, env: unknown, ctx: ExecutionContext): Response | Promise<Response> };
export default worker;

/** The Durable Object class, one object per user; bound as USER_SESSIONS. */
export declare class UserSessions extends DurableObject {}
