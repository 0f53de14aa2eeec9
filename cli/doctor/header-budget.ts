// Do the identity headers fit into what common servers take? From the claims of a token, or of somebody typical.
// Defaults: uWSGI buffer-size 4,096 bytes for all; gunicorn and Apache 8,190 a field; nginx 8 KiB a field; Node 16 KiB for all.

import type { Config } from '../../src/config/schema.ts';
import { compileIdentityHeaders } from '../../src/identity/headers.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { GATEWAY_SECRET, IDENTITY_ASSERTION } from '../../src/shared/field-names.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** What a browser and the edge send with most requests, the application's own cookies included. */
const USUAL = 2_000;
const UWSGI = 4_096;
const FIELD = 8_190;
const NODE = 16_384;
/** Of a signed assertion with its header and signature, beside what it says of the person. */
const ASSERTION = 500;
/** A JWT access token or an ID token of ZITADEL's, by experience. */
const TOKEN = 1_500;

export function checkHeaderBudget(config: Config, identity: Identity = typicalIdentity(config)): Finding[] {
  const fields = headerFields(config, identity);
  const total = fields.reduce((sum, [, bytes]) => sum + bytes, 0);
  const [largest = '', most = 0] = [...fields].sort(([, a], [, b]) => b - a)[0] ?? [];
  const found = `about ${total} bytes of headers for the application, ${largest} the largest with ${most}`;
  const cure =
    'IDENTITY_HEADERS with fewer claims, roles counted to one project (ZITADEL_PROJECT_ID), no forwarded tokens';
  if (most > FIELD) return [failed('header size', `${found}: gunicorn and Apache take 8,190 a field`, cure)];
  if (total + USUAL > NODE) return [failed('header size', `${found}: Node takes 16,384 for all`, cure)];
  if (total + USUAL <= UWSGI) return [ok('header size', found)];
  return [warning('header size', `${found}: uWSGI takes 4,096 for all`, `on uWSGI: buffer-size = 32768; or ${cure}`)];
}

function headerFields(config: Config, identity: Identity): [name: string, bytes: number][] {
  const said = compileIdentityHeaders(config)(identity);
  const fields = said.map(([name, value]): [string, number] => [name, sizeOf(name, value)]);
  const [secret = ''] = config.upstreamSecrets;
  if (secret !== '') fields.push([GATEWAY_SECRET, sizeOf(GATEWAY_SECRET, secret)]);
  if (config.assertionKeys.length > 0) {
    const claims = JSON.stringify([identity.sub, identity.email, Object.keys(identity.roles), identity.org]);
    fields.push([IDENTITY_ASSERTION, ASSERTION + Math.ceil((claims.length * 4) / 3)]);
  }
  if (config.routes.some(({ forward_access_token }) => forward_access_token)) fields.push(['Authorization', TOKEN]);
  if (config.routes.some(({ forward_id_token }) => forward_id_token)) fields.push(['X-Forwarded-Id-Token', TOKEN]);
  return fields;
}

/** With `: ` and the end of the line. */
const sizeOf = (name: string, value: string): number => name.length + value.length + 4;

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
