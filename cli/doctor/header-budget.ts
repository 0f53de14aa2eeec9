// Do the identity headers fit into what common servers take? From the claims of a token, of whoever has the most roles, or of somebody typical.
// What servers take: docs/headers.md “How large it may be”.

import type { Config } from '../../src/config/schema.ts';
import { compileIdentityHeaders, fieldBytes } from '../../src/identity/headers.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { GATEWAY_SECRET, IDENTITY_ASSERTION } from '../../src/shared/field-names.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const CHECK = 'header size';
/** What a browser and the edge send with most requests, the application's own cookies included. */
const USUAL = 2_000;
const UWSGI = 4_096;
const TOMCAT = 8_192;
const NODE = 16_384;
/** Of a signed assertion with its header and signature, beside what it says of the person. */
const ASSERTION = 500;
/** A JWT access token or an ID token of ZITADEL's, by experience. */
const TOKEN = 1_500;

/** `whose`: for the sentence. */
export function checkHeaderBudget(config: Config, identity: Identity = typicalIdentity(config), whose = ''): Finding[] {
  const fields = headerFields(config, identity);
  const total = fields.reduce((sum, [, bytes]) => sum + bytes, 0);
  const [largest = '', most = 0] = [...fields].sort(([, a], [, b]) => b - a)[0] ?? [];
  const roles = Object.keys(identity.roles).length;
  const found = `${whose}about ${total} bytes of headers for the application with ${roles} roles, ${largest} the largest with ${most}`;
  const cure =
    'fewer roles of one person, or shorter names (ROLE_MAP); IDENTITY_HEADERS with each role once and fewer claims, roles counted to one project (ZITADEL_PROJECT_ID), no forwarded tokens';
  const { identityMaxBytes } = config;
  if (most > identityMaxBytes) {
    const answer = `whoever has them gets 500 identity_too_large, since IDENTITY_MAX_BYTES is ${identityMaxBytes}`;
    return [
      failed(
        CHECK,
        `${found}: ${answer}`,
        `${cure}; or a larger IDENTITY_MAX_BYTES, if the application’s server takes it`,
      ),
    ];
  }
  if (total + USUAL > NODE) return [failed(CHECK, `${found}: Node takes 16,384 for all`, cure)];
  if (total + USUAL > TOMCAT) {
    const takes = 'Tomcat and Jetty take 8,192 for all, gunicorn, Apache and nginx that a field';
    return [warning(CHECK, `${found}: ${takes}`, `on Tomcat: maxHttpRequestHeaderSize = 32768; or ${cure}`)];
  }
  if (total + USUAL <= UWSGI) return [ok(CHECK, found)];
  return [warning(CHECK, `${found}: uWSGI takes 4,096 for all`, `on uWSGI: buffer-size = 32768; or ${cure}`)];
}

/** Of those who have these roles on the project. The names of people are not shown, their login names are. */
export function checkMostRoles(config: Config, holders: readonly Holder[]): Finding[] {
  const identities = holders.map(({ loginName, roles }) => {
    const named = roles.map((role) => config.roleMap[role] ?? role);
    return { loginName, size: named.join(',').length, named };
  });
  const [most] = identities.sort((a, b) => b.size - a.size);
  if (!most) return [ok(CHECK, 'nobody has a role on the project')];
  const roles = Object.fromEntries(most.named.map((role) => [role, ['249703000000000001']]));
  return checkHeaderBudget(config, { ...typicalIdentity(config), roles }, `${most.loginName}, who has the most: `);
}

export interface Holder {
  readonly loginName: string;
  readonly roles: readonly string[];
}

function headerFields(config: Config, identity: Identity): [name: string, bytes: number][] {
  const said = compileIdentityHeaders(config)(identity);
  const fields = said.map(([name, value]): [string, number] => [name, fieldBytes(name, value)]);
  const [secret = ''] = config.upstreamSecrets;
  if (secret !== '') fields.push([GATEWAY_SECRET, fieldBytes(GATEWAY_SECRET, secret)]);
  if (config.assertionKeys.length > 0) {
    const claims = JSON.stringify([identity.sub, identity.email, Object.keys(identity.roles), identity.org]);
    fields.push([IDENTITY_ASSERTION, ASSERTION + Math.ceil((claims.length * 4) / 3)]);
  }
  if (config.routes.some(({ forward_access_token }) => forward_access_token)) fields.push(['Authorization', TOKEN]);
  if (config.routes.some(({ forward_id_token }) => forward_id_token)) fields.push(['X-Forwarded-Id-Token', TOKEN]);
  return fields;
}

/** With every role that the configuration names, and claims of a usual length. */
function typicalIdentity(config: Config): Identity {
  const roles = new Set([...Object.values(config.roleMap), ...config.routes.flatMap((route) => route.roles ?? [])]);
  const claims = Object.values(config.identityHeaders ?? {}).map(
    (claim) => [claim, 'a value of a usual length'] as const,
  );
  return {
    sub: '249703111111111111',
    email: 'somebody.with.a.name@example.com',
    preferred_username: 'somebody.with.a.name@acme.example.com',
    name: 'Somebody With A Name',
    org: '249703000000000001',
    roles: Object.fromEntries([...roles].map((role) => [role, ['249703000000000001']])),
    claims: Object.fromEntries(claims),
  };
}
