// Whose configuration a file is, by what stands in it.

import { UsageError } from '../support/failure.ts';
import { convertApache } from './apache/convert.ts';
import { MOD_AUTH_OPENIDC } from './apache/options.ts';
import { isAccess } from './cloudflare/access.ts';
import { convertCloudflare, tunnelOf } from './cloudflare/convert.ts';
import { CLOUDFLARE } from './cloudflare/options.ts';
import type { Convert, Input } from './draft.ts';
import { parseYaml, tableOf } from './formats/structured.ts';
import { convertOauth2Proxy } from './oauth2-proxy/convert.ts';
import { OAUTH2_PROXY } from './oauth2-proxy/options.ts';
import { isAlpha } from './oauth2-proxy/read.ts';
import type { Catalogue } from './options.ts';
import { convertPomerium } from './pomerium/convert.ts';
import { POMERIUM } from './pomerium/options.ts';

export interface Kind {
  readonly catalogue: Catalogue;
  readonly convert: Convert;
}

export const KINDS = {
  'oauth2-proxy': { catalogue: OAUTH2_PROXY, convert: convertOauth2Proxy },
  pomerium: { catalogue: POMERIUM, convert: convertPomerium },
  apache: { catalogue: MOD_AUTH_OPENIDC, convert: convertApache },
  cloudflared: { catalogue: CLOUDFLARE, convert: convertCloudflare },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

export const isKind = (name: string): name is KindName => Object.hasOwn(KINDS, name);

/** All of the files are of one gateway. */
export function recognise(inputs: readonly Input[]): KindName {
  const found = [...new Set(inputs.map(recogniseOne).filter((kind) => kind !== undefined))];
  const [kind, ...others] = found;
  if (kind !== undefined && others.length === 0) return kind;
  const names = Object.keys(KINDS).join(', ');
  if (kind === undefined)
    throw new UsageError('none of the files is known for a gateway’s configuration', [
      `--from says whose it is: ${names}`,
    ]);
  throw new UsageError(`the files are of several gateways: ${found.join(', ')}`, [
    'one at a time; --from says whose they are',
  ]);
}

function recogniseOne(input: Input): KindName | undefined {
  const text = input.text.replace(/^\s*[#;].*$/gm, '');
  if (
    /^\s*(?:OIDC[a-z0-9]+\s+[^\s=]|<(?:VirtualHost|Location|LocationMatch|Directory|IfModule|Proxy)\b|ProxyPass\b|LoadModule\s|AuthType\s)/im.test(
      text,
    )
  )
    return 'apache';
  if (
    /OAUTH2_PROXY_\w+|oauth2[-_]proxy\s+--?\w|^\s*(?:client_id|cookie_secret|upstreams|email_domains|oidc_issuer_url|skip_auth_routes|provider)\s*=/m.test(
      text,
    )
  )
    return 'oauth2-proxy';
  if (
    /(?:^|\s|["'])--?(?:cookie-secret|oidc-issuer-url|email-domain|upstream|skip-auth-route|provider)(?:=|\s)/.test(
      text,
    )
  )
    return 'oauth2-proxy';
  return recogniseTree(input);
}

function recogniseTree(input: Input): KindName | undefined {
  for (const tree of parseTrees(input)) {
    const table = tableOf(tree);
    if (tunnelOf(tree) !== undefined || isAccess(tree)) return 'cloudflared';
    if (isAlpha(tree)) return 'oauth2-proxy';
    if (
      'routes' in table ||
      'authenticate_service_url' in table ||
      'idp_provider' in table ||
      (Array.isArray(table['policy']) && 'from' in tableOf(table['policy'][0]))
    )
      return 'pomerium';
    if (/oauth2-proxy/.test(input.text)) return 'oauth2-proxy';
  }
  return undefined;
}

/** What can't be read as YAML is none of these. */
function parseTrees(input: Input): readonly unknown[] {
  try {
    return parseYaml(input);
  } catch (cause) {
    if (/\.(?:ya?ml|json|tfstate)$/i.test(input.name)) throw cause;
    return [];
  }
}
