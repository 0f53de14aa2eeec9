// The name that all of the gateway's cookies begin with, for what sets and reads them and for the proxy, which passes none of them on.
// RFC 6265bis §4.1.3.2 (`__Host-`).

/** Without TLS, which is loopback only, no browser takes a cookie with the prefix. */
export function cookieBase(isSecure: boolean): string {
  return isSecure ? '__Host-postern' : 'postern';
}
