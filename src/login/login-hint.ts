// Who is about to sign in, as far as somebody has said: ZITADEL fills its form in, or goes straight to the password.
// OIDC Core §3.1.2.1 (login_hint).

import type { Identity } from '../identity/identity.ts';

/** What may be passed on as one; also of what a link says. */
export function isLoginHint(text: string): boolean {
  return text !== '' && text.length <= 256 && !/\p{Cc}/u.test(text);
}

/** Of somebody whom ZITADEL knows: it finds people by the name they sign in with. */
export function loginHintOf({ preferred_username = '' }: Identity): { login_hint?: string } {
  return isLoginHint(preferred_username) ? { login_hint: preferred_username } : {};
}
