// Judgement of URLs in the configuration: what is an origin, what is loopback, what is an upstream.
// WHATWG URL; RFC 6454 (origin); RFC 8252 §7.3 (loopback).

import { folderOf, isTaken } from '../endpoints/catalogue.ts';
import { addressOf, type OwnAddress } from '../shared/own-address.ts';
import { Wanted } from './values.ts';

export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** An absolute http(s) URL without credentials, or undefined. Blanks, which the URL parser would ignore, are refused. */
export function parseHttpUrl(value: string): URL | undefined {
  if (!/^https?:\/\/[^\s\\]+$/i.test(value) || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  return url.username === '' && url.password === '' ? url : undefined;
}

/** As `parseHttpUrl`, HTTPS or on loopback. */
function parseSecureUrl(value: string): URL | undefined {
  const url = parseHttpUrl(value);
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname)) ? url : undefined;
}

export const WANTED_ISSUER = 'the origin of your ZITADEL instance with https:// (http:// only on loopback)';

export function parseIssuer(value: string): string | Wanted {
  const url = parseSecureUrl(value);
  if (url !== undefined) {
    return value.replace(/\/$/, '').length === url.origin.length && url.search + url.hash === ''
      ? url.origin
      : new Wanted(`${WANTED_ISSUER}, nothing after the host: "${url.origin}"`);
  }
  const corrected = parseHttpUrl(`https://${value.replace(/^http:\/\//i, '')}`);
  if (corrected === undefined) return new Wanted(WANTED_ISSUER);
  const scheme = isLoopback(corrected.hostname) ? 'http' : 'https';
  return new Wanted(`${WANTED_ISSUER}: "${scheme}://${corrected.host}"`);
}

export const WANTED_ENDPOINT = 'an https:// URL (http:// only on loopback) without a fragment';

export function parseEndpointUrl(value: string): string | Wanted {
  const url = parseSecureUrl(value);
  return url !== undefined && !value.includes('#') ? value : new Wanted(WANTED_ENDPOINT);
}

export const WANTED_FREE_PATH = 'a path that is none of the gateway’s other endpoints';

export const WANTED_CALLBACK =
  'the redirect URI as registered at ZITADEL: https:// (http:// only on loopback), a path, no query, no fragment';

/** The redirect URI stays as it is written: ZITADEL compares it letter by letter. */
interface CallbackUrl {
  readonly redirect_uri: string;
  readonly origin: string;
  readonly pathname: string;
  /** The folder of the gateway's own endpoints. */
  readonly endpoints: string;
}

export function parseCallbackUrl(value: string): CallbackUrl | Wanted {
  const url = parseSecureUrl(value);
  if (url === undefined || /[?#]/.test(value)) return new Wanted(WANTED_CALLBACK);
  const isPlainPath =
    value.replace(/^\w+:\/\/[^/]*/, '') === url.pathname &&
    !/[%;]|\/\//.test(url.pathname) &&
    !url.pathname.endsWith('/');
  if (!isPlainPath) return new Wanted(`${WANTED_CALLBACK}, and the path plain and ending in a name`);
  const endpoints = folderOf(url.pathname);
  if (isTaken(url.pathname, endpoints)) return new Wanted(WANTED_FREE_PATH);
  return { redirect_uri: value, origin: url.origin, pathname: url.pathname, endpoints };
}

export const WANTED_UPSTREAM =
  'an http:// or https:// URL with nothing but a path after the host, or "service:" and the name of a service binding';

interface UpstreamTarget {
  /** Origin without a slash at its end (`https://app.internal:8443`); for a service binding `http://{binding}`. */
  readonly origin: string;
  /** Base path without a slash at its end; `''` for none. */
  readonly basePath: string;
  /** Name of the service binding, when it is one (`service:BINDING`). */
  readonly binding?: string;
}

export function parseUpstream(value: string): UpstreamTarget | Wanted {
  const binding = /^service:([A-Za-z_]\w*)$/.exec(value)?.[1];
  if (binding !== undefined) return { origin: `http://${binding.toLowerCase()}`, basePath: '', binding };
  const url = parseHttpUrl(value);
  if (url !== undefined && !/[?#]/.test(value))
    return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
  return new Wanted(url === undefined ? WANTED_UPSTREAM : `${WANTED_UPSTREAM}: "${url.origin}${url.pathname}"`);
}

/** As it is written. */
export function writeUpstream(target: UpstreamTarget | undefined): string | undefined {
  if (target?.binding !== undefined) return `service:${target.binding}`;
  return target && target.origin + target.basePath;
}

/** Path and query of a path or URL on `origin`; undefined for anything that leads elsewhere once it is written out again. */
export function parseLocalUrl(value: string, origin: string): OwnAddress | undefined {
  if (!/^(\/|https?:\/\/)[^\s\\#]*$/i.test(value) || !URL.canParse(value, origin)) return undefined;
  const url = new URL(value, origin);
  const isOurs = url.origin === origin && url.username === '' && !url.pathname.startsWith('//');
  return isOurs ? addressOf(url) : undefined;
}
