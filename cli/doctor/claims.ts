// What ZITADEL says of the person whose token this is, and what the gateway would make of it: roles, headers, their size.
// OIDC Core §5.3; ZITADEL's reserved claims. Names of claims and roles are shown, never their values, and no token.

import type { Config } from '../../src/config/schema.ts';
import { claimNames, compileIdentityHeaders } from '../../src/identity/headers.ts';
import { type Identity, roleKeys } from '../../src/identity/identity.ts';
import { readIdentity } from '../../src/oidc/zitadel/identity-claims.ts';
import { ask, errorOf, type Fetch } from './ask.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';
import { checkHeaderBudget } from './header-budget.ts';
import type { Metadata } from './provider.ts';

type Claims = Readonly<Record<string, unknown>>;

export async function checkClaims(
  config: Config,
  metadata: Metadata,
  fetch: Fetch,
  token: string | undefined,
): Promise<Finding[]> {
  if (token === undefined)
    return [skipped('claims', 'with --token TOKEN (an access token, or an ID token) they are shown')];
  const read = await readClaims(metadata, fetch, token);
  if ('refusal' in read) {
    return [failed('claims', read.refusal, 'a token of this ZITADEL that is still good: sign in anew, or mint one')];
  }
  const { sub } = read.claims;
  if (typeof sub !== 'string') return [failed('claims', 'the token names nobody (sub)', 'a token of a user')];
  const { identity, malformed } = readIdentity(sub, read.claims, {
    projectId: config.projectId,
    roleMap: config.roleMap,
    claimNames: claimNames(config),
  });
  return [...judge(config, identity, malformed), ...checkHeaderBudget(config, identity)];
}

/** An access token by userinfo, as the gateway does it; an ID token by itself. */
async function readClaims(
  { userinfo_endpoint }: Metadata,
  fetch: Fetch,
  token: string,
): Promise<{ claims: Claims } | { refusal: string }> {
  let refusal = 'this is no token';
  if (userinfo_endpoint !== undefined) {
    const answer = await ask(fetch, userinfo_endpoint, { headers: { authorization: `Bearer ${token}` } });
    if ('silence' in answer) return { refusal: answer.silence };
    if (answer.status === 200 && answer.json) return { claims: answer.json };
    refusal = `ZITADEL does not take it: ${errorOf(answer)}`;
  }
  const claims = payloadOf(token);
  return claims && 'azp' in claims ? { claims } : { refusal };
}

function payloadOf(token: string): Claims | undefined {
  const [, payload, , ...more] = token.split('.');
  if (payload === undefined || more.length > 0) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function judge(config: Config, identity: Identity, malformed: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const roles = roleKeys(identity);
  for (const claim of malformed)
    findings.push(
      failed('claims', `${claim} is not of ZITADEL’s form`, 'an action there writes over it: rename its claim'),
    );
  if (config.organizationId !== undefined && identity.org !== config.organizationId) {
    const cure = 'the scope urn:zitadel:iam:user:resourceowner in ZITADEL_SCOPES, or a user of that organisation';
    findings.push(failed('claims', 'the token is not of a user of ZITADEL_ORG_ID', cure));
  }
  const asked = new Set(config.routes.flatMap((route) => route.roles ?? []));
  if (roles.length === 0 && asked.size > 0) {
    const cure =
      'ZITADEL, project: switch on Assert Roles on Authentication, and give the user a role in ZITADEL_PROJECT_ID’s project';
    findings.push(warning('claims', `no role of the project; routes ask for ${[...asked].join(', ')}`, cure));
  }
  const headers = config.identityHeaders ?? {};
  const sent = new Set(compileIdentityHeaders(config)(identity).map(([name]) => name));
  for (const [name, claim] of Object.entries(headers).filter(([each]) => !sent.has(each))) {
    const cure = `ZITADEL_SCOPES must ask for ${claim}, and this user must have it (an e-mail address counts once verified)`;
    findings.push(warning('claims', `${name} would not be sent: there is no ${claim}`, cure));
  }
  return [...findings, ok('claims', `roles: ${roles.join(', ') || 'none'}; headers: ${[...sent].join(', ')}`)];
}
