// The faults a request can end in: one row is one code, status, title and log level; the only mapping there is.
// RFC 9457 (problem details); the visitor is shown code and reference, the operator finds the reason in the log.

export type LogLevel = 'info' | 'warn' | 'error';

export const FAULTS = {
  // the visitor or a client can do something about it
  bad_request: { status: 400, title: 'This request makes no sense', level: 'info' },
  login_failed: { status: 400, title: 'The sign-in did not work', level: 'warn' },
  cookies_blocked: { status: 400, title: 'Your browser keeps no cookies', level: 'info' },
  unauthenticated: { status: 401, title: 'Please sign in', level: 'info' },
  invalid_token: { status: 401, title: 'The access token is not valid', level: 'info' },
  insufficient_user_authentication: { status: 401, title: 'A stronger sign-in is needed', level: 'info' },
  login_denied: { status: 403, title: 'The sign-in was refused', level: 'info' },
  foreign_organization: { status: 403, title: 'This account belongs to another organisation', level: 'warn' },
  forbidden: { status: 403, title: 'You have no access to this page', level: 'info' },
  insufficient_scope: { status: 403, title: 'The access token lacks a permission', level: 'info' },
  cross_site: { status: 403, title: 'This request came from another site', level: 'warn' },
  not_found: { status: 404, title: 'There is nothing here', level: 'info' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here', level: 'info' },
  content_too_large: { status: 413, title: 'This form is too large to be kept', level: 'info' },
  misdirected: { status: 421, title: 'This host is not served here', level: 'warn' },
  too_many_requests: { status: 429, title: 'Too many attempts at once', level: 'warn' },
  header_too_large: { status: 431, title: 'The request carries too many cookies', level: 'warn' },
  destination_elsewhere: { status: 502, title: 'The destination is not on this server', level: 'info' },
  // something behind the gateway is not well
  internal: { status: 500, title: 'Something went wrong here', level: 'error' },
  identity_too_large: { status: 500, title: 'The application takes no headers as large as yours', level: 'error' },
  upstream_unreachable: { status: 502, title: 'The application does not answer', level: 'error' },
  upstream_loop: { status: 508, title: 'The gateway would call itself', level: 'error' },
  provider_unavailable: { status: 503, title: 'Signing in is not possible right now', level: 'error' },
  store_unavailable: { status: 503, title: 'Sessions cannot be checked right now', level: 'error' },
  misconfigured: { status: 503, title: 'The gateway is not set up yet', level: 'error' },
  upstream_timeout: { status: 504, title: 'The application takes too long', level: 'error' },
} as const satisfies Record<string, { status: number; title: string; level: LogLevel }>;

export type FaultCode = keyof typeof FAULTS;

/** A fault on its way out. `reason` and `cause` are for the log alone; neither may hold a token or a secret. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: FaultCode;
  /** Seconds after which trying again makes sense (RFC 9110 §10.2.3). */
  readonly retryAfter: number | undefined;

  constructor(code: FaultCode, reason: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}
