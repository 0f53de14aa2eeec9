// The words of the gateway's pages: what every language has to say. One file a language in messages/.
// `{}` marks where a name goes. Titles have no full stop, sentences do.

import type { FaultCode } from '../errors.ts';

/** What somebody can do about a fault. */
export type Advice = 'wait' | 'signIn' | 'check' | 'operator';

/** Faults that a visitor need not tell apart from another one. */
export type TitledFault = Exclude<FaultCode, 'insufficient_scope' | 'misdirected' | 'upstream_loop'>;

/** Faults whose title does not say it all. */
export type ExplainedFault =
  | 'content_too_large'
  | 'cookies_blocked'
  | 'cross_site'
  | 'forbidden'
  | 'foreign_organization'
  | 'header_too_large'
  | 'insufficient_user_authentication'
  | 'login_denied';

export interface Messages {
  readonly titles: Readonly<Record<TitledFault, string>>;
  readonly explanations: Readonly<Record<ExplainedFault, string>>;
  readonly advice: Readonly<Record<Advice, string>>;
  readonly code: string;
  readonly reference: string;
  readonly startPage: string;
  readonly retry: string;
  readonly signIn: string;
  /** The link opens a new window, and says so. */
  readonly signInElsewhere: string;
  readonly switchAccount: string;
  readonly signOut: string;
  readonly staySignedIn: string;
  readonly signedInAs: string;
  readonly confirmLogout: readonly [title: string, text: string];
  readonly signedOut: readonly [title: string, text: string];
  readonly stillSignedIn: string;
  readonly resubmit: readonly [title: string, text: string, button: string];
  readonly done: readonly [title: string, text: string];
  readonly profile: string;
  readonly name: string;
  readonly loginName: string;
  readonly email: string;
  readonly organization: string;
  readonly roles: string;
  readonly signedInSince: string;
  readonly signedInWith: string;
  readonly endsAt: string;
  readonly sessions: string;
  readonly thisSession: string;
  readonly lastSeen: string;
  readonly place: string;
  readonly unknownDevice: string;
  readonly endSession: string;
  readonly endOthers: string;
  /** `amr` values of ZITADEL: password, one-time code, passkey or security key, several factors. */
  readonly methods: Readonly<Record<'pwd' | 'otp' | 'user' | 'mfa', string>>;
}
