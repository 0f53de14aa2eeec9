// A good installation for `doctor` to look at: files as they should be, ZITADEL, the gateway and the application in process.

import { runDoctor } from '../../cli/doctor/command.ts';
import type { Finding } from '../../cli/doctor/finding.ts';
import type { Installation } from '../../cli/installation/installation.ts';
import { createInstallation } from '../../cli/installation/installation.ts';
import type { WranglerConfig } from '../../cli/installation/wrangler-config.ts';
import type { System } from '../../cli/support/system.ts';
import { SEED } from '../../stand-in/seed.ts';
import { createHarness, type Harness, ISSUER, ORIGIN, OTHER_SECRET, SECRET } from '../support/harness.ts';

export const UPSTREAM_SECRET = '7c1e0b9a52d3f4860a1b3c5d7e9f2a4c6b8d0e1f3a5c7b9d2e4f6a8c0b1d3e5f';

export interface Bed {
  readonly harness: Harness;
  /** As in wrangler.toml; a test spoils it. */
  readonly wrangler: { -readonly [Key in keyof WranglerConfig]: WranglerConfig[Key] };
  /** Variables and .dev.vars. */
  readonly values: Record<string, unknown>;
  /** Seconds by which ZITADEL's Date header is ahead. */
  skew: number;
  /** Origins that do not answer. */
  readonly away: Set<string>;
  /** Answers of other servers, by origin. */
  readonly others: Map<string, (request: Request) => Response | Promise<Response>>;
  /** What names lead to. */
  readonly addresses: Map<string, string[]>;
  run(...args: string[]): Promise<{ code: number; printed: string; told: string; findings: readonly Finding[] }>;
}

/** `more`: further variables and secrets, of the gateway that runs, too. */
export function createBed(more: Readonly<Record<string, unknown>> = {}): Bed {
  const bed: Omit<Bed, 'run'> & Partial<Bed> = {
    harness: createHarness({
      // Assertions are signed by this machine’s clock.
      startAt: Math.floor(Date.now() / 1000),
      env: { UPSTREAM_SECRET, ...more },
      // The application knows who came through the gateway.
      upstream: (request) =>
        request.headers.get('x-gateway-secret') === UPSTREAM_SECRET
          ? new Response('ok')
          : new Response(null, { status: 403 }),
    }),
    wrangler: {
      vars: {},
      routes: [{ pattern: 'app.example.com', custom_domain: true }],
      workers_dev: false,
      preview_urls: false,
      compatibility_date: '2026-07-30',
      kv_namespaces: [{ binding: 'SESSIONS' }],
      durable_objects: { bindings: [{ name: 'USER_SESSIONS', class_name: 'UserSessions' }] },
      migrations: [{ new_sqlite_classes: ['UserSessions'] }],
      ratelimits: [],
      observability: { enabled: true },
    },
    values: {
      UPSTREAM_URL: 'https://upstream.example.net',
      ZITADEL_DOMAIN: ISSUER,
      ZITADEL_CLIENT_ID: SEED.webClientId,
      ZITADEL_PROJECT_ID: SEED.projectId,
      ZITADEL_CALLBACK_URL: `${ORIGIN}/auth/callback`,
      ZITADEL_API_CLIENT_ID: SEED.apiClientId,
      ZITADEL_API_CLIENT_SECRET: SEED.apiClientSecret,
      SESSION_SECRET: SECRET,
      OPERATOR_SECRET: OTHER_SECRET,
      UPSTREAM_SECRET,
      ROUTES: [{ path: '/admin/*', roles: ['admin'] }],
      ...structuredClone(more),
    },
    skew: 0,
    away: new Set<string>(),
    others: new Map(),
    addresses: new Map([['app.example.com', ['203.0.113.7']]]),
  };
  return Object.assign(bed, { run: (...args: string[]) => run(bed as Bed, args) }) as Bed;
}

async function run(bed: Bed, args: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  const system = createSystem(bed, printed, told);
  const load = async (): Promise<Installation> => createInstallation(bed.wrangler, bed.values);
  const lookup = async (hostname: string) => bed.addresses.get(hostname) ?? [];
  const code = await runDoctor([...args, '--json'], system, { load, lookup });
  const { findings = [] } = JSON.parse(printed.join('\n')) as { findings?: readonly Finding[] };
  return { code, printed: printed.join('\n'), told: told.join('\n'), findings };
}

export function createSystem(bed: Bed, printed: string[], told: string[]): System {
  return {
    print: (line) => void printed.push(line),
    tell: (line) => void told.push(line),
    showNote: undefined,
    hasColour: { print: false, tell: false },
    prompts: undefined,
    fetch: (url, init) => send(bed, new Request(url, init)),
    now: () => bed.harness.clock.now,
    wait: async () => undefined,
    env: {},
    runWrangler: async () => ({ code: 0, stdout: '', stderr: '' }),
  };
}

async function send(bed: Bed, request: Request): Promise<Response> {
  const { origin } = new URL(request.url);
  const other = bed.others.get(origin);
  if (bed.away.has(origin)) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
  if (other) return other(request);
  if (origin === ORIGIN) return bed.harness.app.fetch(request as never);
  if (origin !== ISSUER) return new Response(null, { status: 403 });
  const response = await bed.harness.zitadel.fetch(request);
  const headers = new Headers(response.headers);
  headers.set('date', new Date((bed.harness.clock.now + bed.skew) * 1000).toUTCString());
  return new Response(response.body, { status: response.status, headers });
}
