// ZITADEL's words for what is finished, where it says them in place of the standard's error codes.
// RFC 6749 §5.2: ZITADEL says `invalid_request` where the standard says `invalid_grant`.

/** A refresh token, code, session or user that is finished; all come as 400 `invalid_request`. */
const DEAD_DESCRIPTION = /^Errors\.(?:OIDCSession|User|Session|AuthRequest|Token)\b/;

export function isDeadInZitadelsWords(error: string, error_description: string | undefined): boolean {
  return error === 'invalid_request' && DEAD_DESCRIPTION.test(error_description ?? '');
}

/**
 * `access_denied` comes with whatever words a login page has for it. Without any, and with words of cancelling, the visitor turned back;
 * every other is a refusal. Decides only which page is shown (RFC 6749 §4.1.2.1).
 */
export function isCancelledByVisitor(error_description: string | undefined): boolean {
  return !error_description || /cancel|abort|abgebrochen|annul|declined by (?:the )?user/i.test(error_description);
}
