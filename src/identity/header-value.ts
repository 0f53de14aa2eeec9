// A claim as a header value: printable ASCII from which decodeURIComponent gives the claim back.
// ARCHITECTURE §4 (encoding); RFC 9110 §5.5 (blanks at the ends of a field value are lost, bytes outside ASCII are anybody's guess).

/** `undefined` for what has no value: the header is left out. */
export function headerValue(claim: unknown): string | undefined {
  if (Array.isArray(claim)) return listValue(claim.map(textOf).filter((item) => item !== undefined));
  const text = textOf(claim);
  return text ? encodeText(text) : undefined;
}

/** Items joined with commas, each encoded so that splitting at commas gives them back. */
export function listValue(items: readonly string[]): string | undefined {
  return items.map((item) => encodeText(item).replaceAll(',', '%2C')).join(',') || undefined;
}

function textOf(claim: unknown): string | undefined {
  switch (typeof claim) {
    case 'string':
      return claim;
    case 'number':
    case 'boolean':
      return String(claim);
    case 'object':
      return claim === null ? undefined : JSON.stringify(claim);
    default:
      return undefined;
  }
}

/** Half a surrogate pair, which has no UTF-8 form, becomes U+FFFD as everywhere on the web. */
function encodeText(text: string): string {
  return text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]+|^ | $/g, encodeURIComponent);
}
