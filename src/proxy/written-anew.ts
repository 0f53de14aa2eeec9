// What the runtime does to a field's bytes: it keeps them in copies, and shows them to a script as UTF-8, in which other bytes get lost.
// RFC 9110 §5.5 (obs-text). Whatever is written anew must therefore be free of what has been lost.

/** Whether bytes that are no UTF-8 stood here: they can't be told any longer, and writing the text would put others in their place. */
export const isDamaged = (text: string): boolean => text.includes('\ufffd');

/** In place of all Set-Cookie lines. A cookie whose bytes have been lost is left out: another value under its name would be worse. */
export function writeSetCookies(headers: Headers, lines: readonly string[]): void {
  headers.delete('Set-Cookie');
  for (const line of lines) if (!isDamaged(line)) headers.append('Set-Cookie', line);
}
