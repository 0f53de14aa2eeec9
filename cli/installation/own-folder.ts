// Whether the application has addresses of its own in the folder of the gateway's endpoints, where no visitor gets to them; and another folder.
// ARCHITECTURE §2. It is asked by a dozen GETs at most, none of which does anything.

import { type Answer, ask, type Fetch } from '../doctor/ask.ts';

/** Below the folder. What applications have there that are often seen under `/auth`. */
const KNOWN = [
  '/',
  // OmniAuth
  '/failure',
  '/google_oauth2/callback',
  // Devise, in Mastodon and others
  '/sign_in',
  // Keycloak
  '/realms/master',
  // Home Assistant
  '/providers',
  // Passport, and what people call it themselves
  '/google',
  '/login',
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
  const get = (path: string) => ask(fetch, upstream + path, { headers: { accept: 'text/html' } });
  const nothing = await get(folder + NOTHING);
  if ('silence' in nothing || isUnwell(nothing)) return { kind: 'silent' };
  const known = await Promise.all(KNOWN.map(async (path) => [folder + path, await get(folder + path)] as const));
  const paths = known.flatMap(([path, answer]) => ('silence' in answer || !isThere(answer, nothing) ? [] : [path]));
  if (paths.length === 0) return isGone(nothing) ? { kind: 'free' } : { kind: 'unclear', status: nothing.status };
  for (const other of OTHER_FOLDERS) {
    const answer = await get(other + NOTHING);
    if (other !== folder && !('silence' in answer) && !isThere(answer, nothing))
      return { kind: 'taken', paths, folder: other };
  }
  return { kind: 'taken', paths, folder: '/_identity' };
}

const isGone = ({ status }: Answer): boolean => status === 404 || status === 410;
const isUnwell = ({ status }: Answer): boolean => status === 429 || status >= 500;

function isThere(answer: Answer, nothing: Answer): boolean {
  return !isGone(answer) && !isUnwell(answer) && looksOf(answer) !== looksOf(nothing);
}

/** What tells one page from another. Where it redirects to may name the page that was asked for, in its query. */
function looksOf({ status, headers }: Answer): string {
  const location = URL.parse(headers.get('location') ?? '', 'http://upstream')?.pathname ?? '';
  const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
  return [status, type, status >= 300 && status < 400 ? location : ''].join(' ');
}

/** As people read it: `/auth/failure, /auth/sign_in and others`. */
export function namePaths(paths: readonly string[]): string {
  const named = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${named} and others` : named;
}
