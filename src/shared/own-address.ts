// Path, query and fragment on the gateway's own origin, as a type of its own, so that no other text can be taken for one.
// It is good behind the origin only: written out alone, `//evil.example` is another site.

declare const own: unique symbol;
export type OwnAddress = string & { readonly [own]: true };

export const ROOT = '/' as OwnAddress;

/** Of a URL on our own origin: of a request that came here, or of one that the operator has set. */
export function addressOf({ pathname, search }: Pick<URL, 'pathname' | 'search'>): OwnAddress {
  return (pathname + search) as OwnAddress;
}

export function withoutQuery(address: OwnAddress): OwnAddress {
  return (address.split(/[?#]/, 1)[0] ?? '/') as OwnAddress;
}
