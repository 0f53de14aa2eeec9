// @hono/oidc-auth doing the same job: a session is demanded, and who it is goes to the application in header fields.
// Its session is a signed JWT in the cookie, verified at each request; it has no roles, no rules and no revocation.

import { getAuth, oidcAuthMiddleware } from '@hono/oidc-auth';
import { Hono } from 'hono';

interface Env {
  readonly UPSTREAM_URL: string;
}

const app = new Hono<{ Bindings: Env }>();
app.use('*', oidcAuthMiddleware());
app.all('*', async (c) => {
  const auth = await getAuth(c);
  const headers = new Headers(c.req.raw.headers);
  headers.delete('Cookie');
  headers.set('X-Forwarded-User', auth?.sub ?? '');
  headers.set('X-Forwarded-Email', auth?.email ?? '');
  const path = c.req.url.slice(c.req.url.indexOf('/', 8));
  const answer = await fetch(c.env.UPSTREAM_URL + path, { method: c.req.method, headers, redirect: 'manual' });
  return new Response(answer.body, answer);
});

export default app;
