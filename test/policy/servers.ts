// How real servers read the path that reaches them, each as one small function: what file they open, or `undefined` where they refuse.
// Python's http.server (translate_path), Go's FileServer (path.Clean), PHP's own server, nginx, Tomcat, IIS. Shares no code with src/.

export type Server = (path: string) => string | undefined;

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** What can't be decoded stays. */
const decodeAll = (path: string) => path.replace(/(?:%[\da-f]{2})+/gi, (bytes) => decode(bytes) ?? bytes);

/** `..` at the root stays there: what most of them do. */
function clean(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

const cut = (path: string) => path.replace(/[?#].*/su, '');
const withoutParameters = (path: string) => path.replace(/;[^/]*/g, '');
const trimmed = (path: string) =>
  path
    .split('/')
    .map((segment) => (/^\.\.?\s*$/.test(segment) ? segment.trimEnd() : segment.replace(/[.\s]+$/, '')))
    .join('/');

export const SERVERS: Readonly<Record<string, Server>> = {
  python: (path) => clean(decodeAll(cut(path))),
  go: (path) => {
    const decoded = decode(path);
    return decoded === undefined ? undefined : clean(decoded);
  },
  php: (path) => clean(decodeAll(path)),
  // `location /` with an alias: what climbs out is refused.
  nginx: (path) => {
    const decoded = decode(path)?.replace(/\/+/g, '/');
    if (decoded === undefined || decoded.includes('\0')) return undefined;
    let depth = 0;
    for (const segment of decoded.split('/')) {
      depth += segment === '..' ? -1 : segment === '' || segment === '.' ? 0 : 1;
      if (depth < 0) return undefined;
    }
    return clean(decoded);
  },
  tomcat: (path) => clean(decodeAll(withoutParameters(path))),
  jetty: (path) => clean(withoutParameters(decodeAll(path))),
  iis: (path) => clean(trimmed(decodeAll(path).replaceAll('\\', '/'))).toLowerCase(),
  twice: (path) => clean(decodeAll(decodeAll(path))),
  'until nothing changes': (path) => {
    let read = path;
    while (decodeAll(read) !== read) read = decodeAll(read);
    return clean(read);
  },
  'cut, once decoded': (path) => clean(cut(decodeAll(path))),
  'cut, once decoded twice, on Windows': (path) =>
    clean(trimmed(cut(decodeAll(decodeAll(path))).replaceAll('\\', '/'))).toLowerCase(),
};
