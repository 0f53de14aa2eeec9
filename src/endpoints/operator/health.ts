// GET /auth/health: the process answers. GET /auth/ready: everything it depends on answers, one entry each.
// ARCHITECTURE §2. Each isolate runs the checks once a second at most, so that nobody can keep ZITADEL busy by asking often.

import { type Endpoint, jsonAnswer } from '../../answer/answers.ts';
import type { UpstreamTarget } from '../../config/schema.ts';
import type { Gateway } from '../../gateway.ts';
import { LATE, within } from '../../shared/isolate/deadline.ts';
import { createSingleFlight } from '../../shared/isolate/single-flight.ts';

interface Check {
  readonly ok: boolean;
  readonly ms: number;
  readonly error?: string;
}

/** Seconds that an answer is given again. */
const KEEP = 1;
/** Milliseconds a check may take. */
const DEADLINE = 4_000;

export const health: Endpoint = (gateway) => () => jsonAnswer(gateway, { status: 'ok' });

export const ready: Endpoint = (gateway) => {
  let last: { at: number; checks: Record<string, Check> } | undefined;
  const single = createSingleFlight<Record<string, Check>>({ waitUntil: gateway.waitUntil });
  return async () => {
    if (!last || gateway.now() - last.at >= KEEP) {
      const checks = await single.ask('ready', () => runChecks(gateway));
      last = { at: gateway.now(), checks };
    }
    const isReady = Object.values(last.checks).every(({ ok }) => ok);
    return jsonAnswer(gateway, { status: isReady ? 'ready' : 'not_ready', checks: last.checks }, isReady ? 200 : 503);
  };
};

async function runChecks(gateway: Gateway): Promise<Record<string, Check>> {
  const { providerProbe, bindings, directory, config } = gateway;
  const { upstream } = config;
  const checks: Record<string, () => Promise<unknown>> = {
    // It asks ZITADEL in any case: remembered metadata and keys would not say whether a sign-in works now.
    ...providerProbe(),
    kv: () => bindings.SESSIONS.get('ready'),
    sessions: () => directory.ofProviderSession('ready').pointedTo(),
    ...(upstream && { upstream: () => askUpstream(gateway, upstream) }),
  };
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await runCheck(gateway, check)] as const),
  );
  return Object.fromEntries(results);
}

/** Any answer will do: a login page of the application's own may well say 404 to HEAD. */
function askUpstream({ bindings, fetch }: Gateway, { origin, basePath, binding }: UpstreamTarget): Promise<unknown> {
  const probe = new Request(`${origin}${basePath}/`, { method: 'HEAD', redirect: 'manual' });
  return binding === undefined ? fetch(probe) : (bindings[binding] as Fetcher).fetch(probe as never);
}

async function runCheck({ stopwatch, emit }: Gateway, check: () => Promise<unknown>): Promise<Check> {
  const started = stopwatch();
  const ms = () => Math.round(stopwatch() - started);
  try {
    if ((await within(check(), DEADLINE)) === LATE) throw new Error('no answer in time');
    return { ok: true, ms: ms() };
  } catch (error) {
    // Anybody may read the answer, so the reason goes to the log only.
    emit({ event: 'not_ready', level: 'warn', reason: (error as Error).message });
    return { ok: false, ms: ms(), error: 'no good answer; see the log' };
  }
}
