// The name of the person who is about to sign in, where it is known. ZITADEL fills it in, or goes straight to the password.
// OIDC Core §3.1.2.1 (login_hint).

import type { Identity } from '../identity/identity.ts';

/** Whether a text may be passed on as a login hint. Links may bring any text. */
export function isLoginHint(text: string): boolean {
  return text !== '' && text.length <= 256 && !/\p{Cc}/u.test(text);
}

/** For a person whom ZITADEL knows: it finds people by the name they sign in with. */
export function loginHintOf({ preferred_username = '' }: Identity): { login_hint?: string } {
  return isLoginHint(preferred_username) ? { login_hint: preferred_username } : {};
}
