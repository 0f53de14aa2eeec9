// ZITADEL finds its instance by the host that was asked. Under any other name of the same machine it has none, and says
// in plain text, with 404, which name it knows.

/** The name it goes by, where it says; undefined for whatever else the text is. */
export function findOtherName(text: string): string | undefined {
  if (!text.includes('ID=QUERY-1kIjX')) return undefined;
  return /\(ExternalDomain is ([^\s)]+)\)/.exec(text)?.[1] ?? 'its ExternalDomain';
}
