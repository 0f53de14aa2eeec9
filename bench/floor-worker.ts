// The floor: what a gateway cannot do without. It strips and sets the header fields that Postern strips and sets, with constants, and does
// nothing else: no rule, no session, no deadline, no log (with LOGS: the same event as Postern's, to see what that costs by itself).

interface Env {
  readonly UPSTREAM_URL: string;
  readonly LOGS?: string;
}

const DROPPED = new Set(['connection', 'keep-alive', 'host', 'content-length', 'te', 'upgrade', 'transfer-encoding']);
const CLOSED = /^(x-?forwarded|remote|x-?auth|forwarded|x-?real|cf-|cookie$)/;
const IDENTITY = {
  'X-Forwarded-User': '249703111111111112',
  'X-Forwarded-Email': 'zoe@acme.example',
  'X-Forwarded-Preferred-Username': 'zoe@acme.zitadel.example',
  'X-Forwarded-Name': 'Zo%C3%AB K%C3%B5iv-Stra%C3%9Fe %E7%8E%8B',
  'X-Forwarded-Roles': 'staff,user',
  'X-Forwarded-Org': '249703000000000001',
  'X-Forwarded-Proto': 'http',
  'X-Forwarded-Host': 'localhost:8787',
  'X-Request-Id': '4c1e2f10-5f0e-4c55-9d8e-0a8a2f5b7c11',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'X-Gateway-Hop': '0123456789abcdef',
};
const ANSWER = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'X-Frame-Options': 'SAMEORIGIN',
  'Cache-Control': 'private, max-age=60',
  Vary: 'Cookie',
  'X-Request-Id': '4c1e2f10-5f0e-4c55-9d8e-0a8a2f5b7c11',
};

export default {
  async fetch(request, { UPSTREAM_URL, LOGS }) {
    const headers = new Headers();
    for (const [name, value] of request.headers) {
      if (!DROPPED.has(name) && !CLOSED.test(name)) headers.append(name, value);
    }
    const cookies = (request.headers.get('Cookie') ?? '').split('; ').filter((pair) => !pair.startsWith('postern'));
    if (cookies.length > 0) headers.set('Cookie', cookies.join('; '));
    for (const [name, value] of Object.entries(IDENTITY)) headers.set(name, value);
    const path = request.url.slice(request.url.indexOf('/', 8));
    const answer = await fetch(UPSTREAM_URL + path, {
      method: request.method,
      headers,
      redirect: 'manual',
      cache: 'no-store',
    });
    const answered = new Headers(answer.headers);
    answered.delete('Connection');
    for (const [name, value] of Object.entries(ANSWER)) answered.set(name, value);
    if (LOGS) console.log(eventOf(request.method, path, answer.status));
    return new Response(answer.body, { status: answer.status, headers: answered });
  },
} satisfies ExportedHandler<Env>;

function eventOf(method: string, path: string, status: number): object {
  const identifiers = { request_id: IDENTITY['X-Request-Id'], trace_id: IDENTITY.traceparent.slice(3, 35) };
  const who = { decision: 'allow: authenticated', credentials: 'session', sub: IDENTITY['X-Forwarded-User'] };
  const times = { duration_ms: 1, upstream_ms: 1, upstream_status: status, claims: 'fresh' };
  return { event: 'request', level: 'info', method, host: 'localhost', path, status, ...identifiers, ...who, ...times };
}
