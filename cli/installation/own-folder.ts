// Whether the application has addresses of its own in the folder of the gateway's endpoints, where no visitor gets to them; and another folder.
// ARCHITECTURE §2. It is asked by twenty GETs at most, none of which does anything.

import { ask, type Fetch } from '../doctor/ask.ts';

/** Below the folder. What applications have there that are often seen under `/auth`. */
const KNOWN = [
  '/',
  // OmniAuth
  '/failure',
  '/google_oauth2/callback',
  '/github/callback',
  '/openid_connect/callback',
  '/saml/callback',
  // Devise, in Mastodon and others
  '/sign_in',
  // Keycloak
  '/realms/master',
  // Home Assistant
  '/providers',
  // Passport, and what people call it themselves
  '/google',
  '/login',
  '/callback',
  '/register',
];
/** Nobody's page: it shows what the application answers to an address that it does not have. */
const NOTHING = '/postern-looks-whether-anything-is-here';
const OTHER_FOLDERS = ['/_auth', '/_gateway', '/_postern'];

export type FolderUse =
  | { readonly kind: 'silent' }
  /** It answers every address alike, or refuses whoever does not come through the gateway. */
  | { readonly kind: 'unclear'; readonly status: number }
  | { readonly kind: 'free' }
  /** `folder`: one that is free. */
  | { readonly kind: 'taken'; readonly paths: readonly string[]; readonly folder: string };

/** `upstream`: origin and base path, without a slash at its end. `folder`: a path. */
export async function findFolderUse(fetch: Fetch, upstream: string, folder: string): Promise<FolderUse> {
  const get = (path: string) => askFor(fetch, upstream, path);
  const nothing = await get(folder + NOTHING);
  if (!nothing || nothing.status === 429 || nothing.status >= 500) return { kind: 'silent' };
  // Applications that take every slash off an end do it where nothing is, too.
  const nothingWithSlash = await get(`${folder}${NOTHING}/`);
  const known = await Promise.all(KNOWN.map((path) => get(folder + path)));
  const paths = KNOWN.flatMap((path, at) =>
    isThere(known[at], path === '/' ? nothingWithSlash : nothing) ? [folder + path] : [],
  );
  if (paths.length === 0) return isGone(nothing) ? { kind: 'free' } : { kind: 'unclear', status: nothing.status };
  for (const other of OTHER_FOLDERS) {
    const answer = await get(other + NOTHING);
    if (other !== folder && answer && !isThere(answer, nothing)) return { kind: 'taken', paths, folder: other };
  }
  return { kind: 'taken', paths, folder: '/_identity' };
}

interface Seen {
  readonly status: number;
  /** What tells one page from another. */
  readonly looks: string;
}

async function askFor(fetch: Fetch, upstream: string, path: string): Promise<Seen | undefined> {
  const answer = await ask(fetch, upstream + path, { headers: { accept: 'text/html' } });
  if ('silence' in answer) return undefined;
  const { status, headers } = answer;
  const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
  const target = status >= 300 && status < 400 ? targetOf(headers.get('location') ?? '', path) : '';
  return { status, looks: [status, type, target].join(' ') };
}

/** Where a redirect leads may name the page that was asked for: in its query, or in its path, as with a slash more or by TLS. */
function targetOf(location: string, path: string): string {
  const { pathname = '' } = URL.parse(location, 'http://upstream') ?? {};
  const asked = path.replace(/\/$/, '');
  return [asked, encodeURIComponent(asked)].reduce((target, name) => target.replace(name, '*'), pathname);
}

const isGone = ({ status }: Seen): boolean => status === 404 || status === 410;

/** An application that fails at one address alone has something there. */
function isThere(seen: Seen | undefined, nothing: Seen | undefined): boolean {
  const isAway = seen === undefined || isGone(seen) || [429, 502, 503, 504].includes(seen.status);
  return !isAway && seen.looks !== nothing?.looks;
}

/** As people read it: `/auth/failure, /auth/sign_in and others`. */
export function namePaths(paths: readonly string[]): string {
  const named = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${named} and others` : named;
}
