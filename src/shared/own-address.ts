// The type of an address on the gateway's own origin: path, query and fragment. No other text can be taken for one.
// It must be written out behind the origin: `//evil.example` alone is another site.

declare const own: unique symbol;
export type OwnAddress = string & { readonly [own]: true };

export const ROOT = '/' as OwnAddress;

/** The URL must be on our own origin: that of a request that came here, or one that the operator has set. */
export function addressOf({ pathname, search }: Pick<URL, 'pathname' | 'search'>): OwnAddress {
  return (pathname + search) as OwnAddress;
}

export function withoutQuery(address: OwnAddress): OwnAddress {
  return (address.split(/[?#]/, 1)[0] ?? '/') as OwnAddress;
}
