// Makes answers comparable: ids, times, tokens, names and addresses become words for what they are; statuses, names of
// members, error words and ZITADEL's own texts stay as they are.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Members whose text is compared as it is. */
const LITERAL = new Set([
  ...['error', 'error_description', 'code', 'message', 'type', '@type', 'value', 'token_type', 'issued_token_type'],
  ...['alg', 'enc', 'kty', 'use', 'typ', 'e', 'clockSkew', 'maxAge', 'amr'],
]);
const ENUM = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const ERROR_ID = /^[A-Z][A-Z0-9]*-[A-Za-z0-9]{4,7}$/;

export function mask(value: Json, name = ''): Json {
  if (Array.isArray(value)) return maskList(value, name);
  if (typeof value === 'number') return name === 'expires_in' || name === 'code' ? value : 'number';
  if (typeof value === 'string') return maskText(value, name);
  if (typeof value !== 'object' || value === null) return value;
  if (name.endsWith(':roles')) return 'roles by organisation';
  const entries = Object.entries(value).map(([key, member]) => [maskName(key), mask(member, key)]);
  return Object.fromEntries(entries.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)));
}

const maskName = (name: string): string => name.replace(/\d{17,20}/, '{id}');

/** Each kind of member once: how many there are is not the protocol's business. */
function maskList(items: Json[], name: string): Json {
  const kinds = items.map((item) => JSON.stringify(mask(item, name)));
  return [...new Set(kinds)].sort().map((kind) => JSON.parse(kind) as Json);
}

function maskText(text: string, name: string): string {
  if (/^V[12]_\d+(?:-at_\d+)?$/.test(text)) return text.replaceAll(/\d{17,20}/g, '{id}');
  if (LITERAL.has(name) || ENUM.test(text) || ERROR_ID.test(text)) return text;
  if (text === '') return text;
  if (name === 'scope') return 'scopes';
  if (/^\d{17,20}$/.test(text)) return 'id';
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return 'date';
  if (/^https?:\/\//.test(text)) return 'address';
  return maskSecret(text) ?? 'text';
}

/** Tokens are already words in the recordings; keys and secrets are one word each, because they are made up anyway. */
function maskSecret(text: string): string | undefined {
  if (['jwe', 'jwt', 'base64'].includes(text)) return text;
  const parts = text.split('.');
  if (text.startsWith('eyJ') && parts.length === 5) return 'jwe';
  if (text.startsWith('eyJ') && parts.length === 3) return 'jwt';
  return /^[\w+/-]{64,}={0,2}$/.test(text) ? 'base64' : undefined;
}

/** An address that somebody is sent to: what in it depends on the moment becomes a word. */
export function maskLocation(location: string, issuer: string, client: string): string {
  return location
    .replace(issuer, '{issuer}')
    .replaceAll(client, '{client}')
    .replaceAll(encodeURIComponent(client), '{client}')
    .replace(/(authRequestID|authRequest|code|logout_token)=[^&"<]+/g, '$1=…');
}
