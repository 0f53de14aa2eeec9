// Which redirect URIs are taken: exactly what is registered, and in development mode registered URIs are globs as well.

import { OAuthError } from './respond.ts';
import type { Application } from './store.ts';

function globToPattern(glob: string, isDoubleStar: boolean): RegExp {
  const source = glob.replace(/\*\*|[*?.+^${}()|[\]\\]/g, (sign) => {
    if (sign === '**' && isDoubleStar) return '.*';
    if (sign.startsWith('*')) return '[^/]*';
    return sign === '?' ? '[^/]' : `\\${sign}`;
  });
  return new RegExp(`^${source}$`);
}

function isRegistered(registered: string[], uri: string, devMode: boolean, isDoubleStar: boolean): boolean {
  if (registered.includes(uri)) return true;
  return devMode && registered.some((glob) => globToPattern(glob, isDoubleStar).test(uri));
}

const ASK_ADMINISTRATOR = 'If you have any questions, you may contact the administrator of the application.';

export function assertRedirectUri(application: Application, uri: string): void {
  if (!isRegistered(application.redirectUris, uri, application.devMode, true)) {
    const text = `The requested redirect_uri is missing in the client configuration. ${ASK_ADMINISTRATOR}`;
    throw new OAuthError('invalid_request', text);
  }
  if (uri.startsWith('https://') || application.devMode) return;
  if (uri.startsWith('http://') && application.authMethod === 'none') {
    const text = `This client's redirect_uri is http and is not allowed. ${ASK_ADMINISTRATOR}`;
    throw new OAuthError('invalid_request', text);
  }
}

export function isPostLogoutRedirectUri(application: Application, uri: string): boolean {
  return isRegistered(application.postLogoutRedirectUris, uri, application.devMode, false);
}
