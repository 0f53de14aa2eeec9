// A provider's words for the log, without what could be a code or a token: whoever describes an error likes to quote what was wrong.
// RFC 6749 §10.10 (codes and tokens have 128 bits of chance, which is 22 letters and digits), Appendix A.11, A.12 (their characters).

/** What a code or token can be made of, from this length on; ZITADEL's own error ids are shorter. */
const RUN = /[\w.~+/=%:-]{16,}/g;

export function withoutSecrets(text: string): string {
  return text.replace(RUN, (run) => (run.split(/[^A-Za-z0-9]+/).every(isWord) ? run : '[...]'));
}

/** Capitals alone, or words written together as in `OIDCSession` and `RefreshTokenInvalid`; chance mixes the two otherwise. */
const WORDS = /^(?:[A-Z]+|[A-Z]{0,5}[a-z]*(?:[A-Z][a-z]{2,})*)\d?$/;

/** A small number, or words. Of codes of 16 bytes, one in ten thousand passes for some. */
function isWord(part: string): boolean {
  if (/^\d{0,5}$/.test(part)) return true;
  return WORDS.test(part) && (!/[a-z]{17}|[A-Z]{17}/.test(part) || new Set(part).size < 5);
}
