// Judgement of what a route matches by: its path, methods, hosts and CORS origins.
// ARCHITECTURE §1 Routes: written decoded; exact, or a prefix ending in `/*`; RFC 9110 §9.1 (methods), §7.2 (Host), RFC 6454 (origins).

import { TOKEN } from '../shared/field-names.ts';
import { parseHttpUrl } from './urls.ts';
import { Wanted } from './values.ts';

export const WANTED_PATH = 'a path that begins with /, as people read it: exact, or a prefix ending in /*';

export function judgePath(path: string): string | Wanted {
  if (!path.startsWith('/')) return new Wanted(`${WANTED_PATH}: "/${path.replace(/^https?:\/\/[^/]*\/?/, '')}"`);
  if (path.includes('**')) return new Wanted(`${WANTED_PATH}; one * matches within a segment, /* at the end all below`);
  if (/[?#]/.test(path))
    return new Wanted(`${WANTED_PATH}; a rule never sees a query: "${path.replace(/[?#].*/, '')}"`);
  if (/%[0-9a-f]{2}/i.test(path)) return new Wanted(`${WANTED_PATH}, not percent-encoded: "${decode(path)}"`);
  if (path.includes('\\')) return new Wanted(`${WANTED_PATH}, with / only: "${path.replaceAll('\\', '/')}"`);
  if (path.includes(';')) return new Wanted(`${WANTED_PATH}, without ; parameters: "${path.replace(/;[^/]*/g, '')}"`);
  if (path.includes('//')) return new Wanted(`${WANTED_PATH}, without //: "${path.replace(/\/+/g, '/')}"`);
  if (/\/\.\.?(\/|$)/.test(path)) return new Wanted(`${WANTED_PATH}, without the segments . and ..`);
  return /\p{Cc}/u.test(path) ? new Wanted(`${WANTED_PATH}, without control characters`) : path;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Broken UTF-8 has no decoded form: show what can be decoded.
    return path.replace(/%[0-7][0-9a-f]/gi, (code) => decodeURIComponent(code));
  }
}

export const WANTED_METHOD = 'an HTTP method in capital letters';

export function judgeMethod(method: string): string | Wanted {
  if (!TOKEN.test(method)) return new Wanted(WANTED_METHOD);
  const upper = method.toUpperCase();
  if (upper === 'TRACE' || upper === 'CONNECT')
    return new Wanted(`another method: the gateway never forwards ${upper}`);
  return method === upper ? method : new Wanted(`${WANTED_METHOD}: "${upper}"`);
}

export const WANTED_HOST = 'a host name, with a port if it is not the usual one';

export function judgeHost(host: string): string | Wanted {
  const lower = host.toLowerCase();
  const url = parseHttpUrl(`http://${lower.replace(/^https?:\/\//, '')}`);
  if (url === undefined || /[*%]/.test(lower)) return new Wanted(WANTED_HOST);
  // An IPv6 address or an international name is written in the form that a Host header has.
  return lower === url.host || lower === `${url.host}:80` ? lower : new Wanted(`${WANTED_HOST}: "${url.host}"`);
}

export const WANTED_ORIGIN = 'an origin: scheme, host and port, nothing after it (no *)';

export function judgeCorsOrigin(origin: string): string | Wanted {
  const url = parseHttpUrl(origin);
  if (url === undefined || url.host.includes('*')) return new Wanted(WANTED_ORIGIN);
  return url.origin === origin ? origin : new Wanted(`${WANTED_ORIGIN}: "${url.origin}"`);
}
