// Where a COPY or MOVE leads: the field `Destination`, read in one way by whoever judges it and by whoever sends it on.
// RFC 4918 §10.3: an absolute URI, or a path that begins with one slash.

/** `foreign`: on another host than the request. `unreadable`: no address, or one that servers read in several ways. */
export type AskedDestination = URL | 'foreign' | 'unreadable';

/** A blank would also hide a second line of the field; U+FFFD stands for bytes that are lost. */
const SPOILT = /[\s\p{Cc}\ufffd]/u;

/** `host` as in the request's URL. The scheme is not compared: a proxy that asks /auth/check may speak another than the visitor. */
export function parseDestination(value: string, host: string): AskedDestination {
  if (SPOILT.test(value)) return 'unreadable';
  if (/^(?!https?:)[a-z][a-z0-9+.-]*:/i.test(value)) return 'foreign';
  const url = /^(?:https?:\/\/[^/\\]|\/(?!\/))/i.test(value) ? URL.parse(value, `http://${host}`) : null;
  if (!url) return 'unreadable';
  return url.host === host ? url : 'foreign';
}

/** Methods for which the field says nothing (RFC 9110 §9.3, RFC 5789). An application may give it a meaning of its own. */
const WITHOUT_DESTINATION = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What the field asks of the gateway: an address of ours is judged whatever the method, any other counts only where it is one's target. */
export function destinationAsked(value: string, method: string, host: string): AskedDestination | undefined {
  const destination = parseDestination(value, host);
  return typeof destination === 'string' && WITHOUT_DESTINATION.includes(method) ? undefined : destination;
}
