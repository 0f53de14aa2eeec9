// Back-channel logout: a queue of POSTs with retries. OIDC Back-Channel Logout 1.0 §2.4, §2.5; `typ` is plain `JWT`.

import type { Instance } from './instance.ts';
import { OAuthError } from './respond.ts';
import type { OidcSession } from './sessions.ts';
import { signClaims } from './tokens.ts';

export type Fetch = (request: Request) => Promise<Response>;

interface Delivery {
  readonly uri: string;
  readonly clientId: string;
  readonly sid: string | undefined;
  /** Of the last attempt: each has its own `iat` and `exp`, and all the same `jti`. */
  logoutToken: string;
  /** One per attempt: the status, or 0 when no answer came. */
  readonly statuses: number[];
}

export interface BackChannel {
  notify(instance: Instance, session: OidcSession, issuer: string): void;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  readonly deliveries: Delivery[];
}

const TIMEOUT_MS = 5000;
const MAX_AGE_SECONDS = 300;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const DONE = [200, 202, 204, 400];

/** `retryDelays` in milliseconds; one attempt more than there are delays. */
export function createBackChannel(fetch: Fetch, retryDelays: number[]): BackChannel {
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();

  async function attempt(delivery: Delivery): Promise<boolean> {
    const status = await post(fetch, delivery);
    delivery.statuses.push(status);
    // 400 is the client's last word: logged over there, never tried again.
    return DONE.includes(status);
  }

  async function deliver(instance: Instance, session: OidcSession, uri: string, issuer: string): Promise<void> {
    const bornAt = instance.now();
    const jti = instance.nextId();
    const delivery = { uri, clientId: session.clientId, sid: session.sid, logoutToken: '', statuses: [] };
    deliveries.push(delivery);
    for (const delay of [...retryDelays, undefined]) {
      if (isBlocked(instance, uri)) return;
      delivery.logoutToken = await createLogoutToken(instance, session, issuer, jti);
      if ((await attempt(delivery)) || delay === undefined) return;
      await new Promise<void>((resolve) => setTimeout(resolve, delay).unref());
      if (instance.now() - bornAt > MAX_AGE_SECONDS) return;
    }
  }

  return {
    deliveries,
    notify: (instance, session, issuer) => {
      if (session.backChannelLogoutUri === undefined) return;
      const work = deliver(instance, session, session.backChannelLogoutUri, issuer);
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
}

async function post(fetch: Fetch, { uri, logoutToken }: Delivery): Promise<number> {
  const body = new URLSearchParams({ logout_token: logoutToken });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Go-http-client/1.1' };
  try {
    const request = new Request(uri, { method: 'POST', body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const response = await fetch(request);
    await response.body?.cancel();
    return response.status;
  } catch (cause) {
    // Unreachable, too slow, or a handler that threw: for a queue these are one thing.
    if (cause instanceof Error) return 0;
    throw cause;
  }
}

async function createLogoutToken(
  instance: Instance,
  session: OidcSession,
  issuer: string,
  jti: string,
): Promise<string> {
  const now = instance.now();
  const claims = {
    iss: issuer,
    sub: session.userId,
    aud: [session.clientId],
    iat: now - 1,
    exp: now + instance.lifetimes.logoutToken,
    jti,
    events: { [EVENT]: {} },
    sid: session.sid,
  };
  return signClaims(instance, claims, 'logoutToken');
}

const DENIED_IPV4 =
  /^(127|10|172\.(1[6-9]|2\d|3[01])|192\.168|169\.254|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|198\.1[89])\./;
const DENIED_IPV6 = /^\[(::1|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/;

const ADDRESS = /^(?:\[.*\]|\d+\.\d+\.\d+\.\d+)$/;

/** A name that does not resolve is refused as a private address is, and so is what is no URL. */
function isBlocked({ settings }: Instance, uri: string): boolean {
  if (!settings.backChannelDenyList) return false;
  const hostname = URL.parse(uri)?.hostname ?? '';
  if (hostname === 'localhost' || DENIED_IPV4.test(hostname) || DENIED_IPV6.test(hostname)) return true;
  return !ADDRESS.test(hostname) && !settings.resolvableHosts.includes(hostname);
}

export function assertBackChannelUri(instance: Instance, uri: string): void {
  if (!isBlocked(instance, uri)) return;
  throw new OAuthError('invalid_request', 'Errors.Project.App.Blocked.BackchannelLogoutURL (PROJECT-msNebo)');
}
