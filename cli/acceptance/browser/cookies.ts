// The cookies of one visitor: as much of RFC 6265 as sign-ins need, so that the package carries no list of public suffixes.

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly isHostOnly: boolean;
  readonly path: string;
}

export interface Jar {
  take(lines: readonly string[], url: URL): void;
  /** The value of the header, empty without any. */
  headerFor(url: URL): string;
  /** Without what it has for this host: somebody who lost that site's cookies. */
  forget(isForgotten: (name: string) => boolean): void;
}

const matchesDomain = (host: string, { domain, isHostOnly }: Cookie): boolean =>
  host === domain || (!isHostOnly && host.endsWith(`.${domain}`));

const matchesPath = (pathname: string, { path }: Cookie): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);

export function createJar(): Jar {
  let cookies: Cookie[] = [];
  return {
    take(lines, url) {
      for (const line of lines) {
        const { cookie, isOver } = parse(line, url);
        const { name, domain, path } = cookie;
        cookies = cookies.filter((each) => each.name !== name || each.domain !== domain || each.path !== path);
        if (!isOver) cookies.push(cookie);
      }
    },
    headerFor: ({ hostname, pathname }) =>
      cookies
        .filter((each) => matchesDomain(hostname, each) && matchesPath(pathname, each))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; '),
    forget: (isForgotten) => {
      cookies = cookies.filter(({ name }) => !isForgotten(name));
    },
  };
}

function parse(line: string, { hostname, pathname }: URL): { cookie: Cookie; isOver: boolean } {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const attributes = new Map(
    rest.map((part) => splitAt(part, '=')).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const [name, value] = splitAt(pair, '=');
  const domain = attributes.get('domain')?.replace(/^\./, '').toLowerCase();
  const path = attributes.get('path');
  const maxAge = attributes.get('max-age');
  const isOver = maxAge === undefined ? Date.parse(attributes.get('expires') ?? '') <= Date.now() : Number(maxAge) <= 0;
  return {
    cookie: {
      name,
      value,
      domain: domain || hostname,
      isHostOnly: !domain,
      path: path?.startsWith('/') ? path : pathname.slice(0, pathname.lastIndexOf('/')) || '/',
    },
    isOver,
  };
}

function splitAt(text: string, sign: string): readonly [string, string] {
  const at = text.indexOf(sign);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
