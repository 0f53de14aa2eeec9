// ZITADEL itself: does it answer, is it the issuer it is taken for, are the clocks together, are there keys?
// OpenID Connect Discovery 1.0 §4; RFC 9700 §2.1.1.

import type { Config } from '../../src/config/schema.ts';
import { findOtherName } from '../zitadel-api/other-name.ts';
import { type Answer, ask, type Fetch, isUnwell } from './ask.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

/** The part of the metadata that the other checks need. */
export interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly introspection_endpoint?: string;
  readonly backchannel_logout_supported?: boolean;
}

export interface Discovered {
  readonly findings: readonly Finding[];
  /** Missing where there is nothing to go on with. */
  readonly metadata?: Metadata;
}

const PATH = '/.well-known/openid-configuration';
/** Seconds: what goes unnoticed, and what begins to break tokens. */
const SKEW = { noticed: 5, broken: 60 };

/** `now`: seconds. */
export async function checkDiscovery({ issuer }: Config, fetch: Fetch, now: () => number): Promise<Discovered> {
  const url = issuer + PATH;
  const answer = await ask(fetch, url);
  if ('silence' in answer) {
    const cure = 'is ZITADEL_DOMAIN right, and does ZITADEL run? Sign-ins stop meanwhile; who is signed in goes on';
    return { findings: [failed('discovery', `${url}: ${answer.silence}`, cure)] };
  }
  if (isUnwell(answer)) {
    const cure =
      answer.status === 429 ? 'ZITADEL’s rate limit: wait a minute' : 'ZITADEL is not well: look at its own log';
    return { findings: [failed('discovery', `${url} answers ${answer.status}`, cure)] };
  }
  const { json, text } = answer;
  const otherName = findOtherName(text);
  if (otherName !== undefined) {
    const cure =
      'ZITADEL_DOMAIN is the address in ZITADEL’s console, to the letter; localhost and 127.0.0.1 are two names';
    return {
      findings: [failed('issuer', `the ZITADEL at ${issuer} knows itself by another name: ${otherName}`, cure)],
    };
  }
  if (answer.status !== 200 || typeof json?.['issuer'] !== 'string') {
    const cure =
      'ZITADEL_DOMAIN is the origin of the instance, such as https://my-instance.zitadel.cloud, without a path';
    return { findings: [failed('discovery', `${url} is no OpenID configuration (status ${answer.status})`, cure)] };
  }
  const metadata = json as unknown as Metadata;
  if (metadata.issuer !== issuer) {
    const cure = `ZITADEL_DOMAIN = "${metadata.issuer}", or ZITADEL’s ExternalDomain, if that is not its address`;
    return { findings: [failed('issuer', `${issuer} calls itself ${metadata.issuer}`, cure)] };
  }
  const findings = [ok('discovery', url), ok('issuer', issuer), checkClock(answer, now())];
  if (metadata.backchannel_logout_supported === false) {
    const cure = 'ZITADEL v4.11 or newer; until then a sign-out elsewhere is noticed after CLAIMS_MAX_AGE';
    findings.push(warning('back channel', 'this ZITADEL tells nobody of a sign-out', cure));
  }
  return { findings, metadata };
}

function checkClock({ headers }: Answer, now: number): Finding {
  const there = Date.parse(headers.get('date') ?? '') / 1000;
  if (Number.isNaN(there)) return skipped('clock', 'ZITADEL does not say what time it has');
  const skew = Math.round(there - now);
  const found = `ZITADEL’s clock is ${Math.abs(skew)} seconds ${skew > 0 ? 'ahead of' : 'behind'} this machine’s`;
  if (Math.abs(skew) <= SKEW.noticed) return ok('clock', 'ZITADEL’s and this machine’s agree');
  const cure = 'set both by NTP; the gateway goes by Cloudflare’s, and refuses tokens from the future';
  return Math.abs(skew) > SKEW.broken ? failed('clock', found, cure) : warning('clock', found, cure);
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export async function checkKeys({ jwks_uri }: Metadata, fetch: Fetch): Promise<Finding[]> {
  const answer = await ask(fetch, jwks_uri);
  const cure = 'ZITADEL needs an active web key: Console, default settings, OIDC web keys';
  if ('silence' in answer)
    return [failed('keys', `${jwks_uri}: ${answer.silence}`, 'the address is in ZITADEL’s metadata')];
  const { keys } = answer.json ?? {};
  const usable = Array.isArray(keys) ? keys.filter(({ alg }: { alg?: string }) => ALGORITHMS.includes(alg ?? '')) : [];
  if (usable.length === 0) return [failed('keys', `${jwks_uri} shows no key that could be checked with`, cure)];
  return [ok('keys', `${usable.length} of ZITADEL’s signing keys`)];
}
