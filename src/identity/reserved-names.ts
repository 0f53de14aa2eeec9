// Header names that a visitor may never get through to the upstream, in any spelling an application could take for one of them.
// ARCHITECTURE §4 "Never reaches the upstream"; RFC 9110 §5.1.

import type { Config } from '../config/schema.ts';
import { GATEWAY_HOP, GATEWAY_SECRET, IDENTITY_ASSERTION, lettersAndDigits } from '../shared/field-names.ts';

/** Every name that begins with one of these is reserved, so that a new member of such a family needs no new line here. */
const FAMILIES = [
  // who, by whichever proxy's convention
  'xforward',
  'xauthrequest',
  'remote',
  'xremote',
  'xwebauth',
  'xauthenticated',
  'xauthentik',
  'xpomerium',
  'xgoogauthenticated',
  'xmsclientprincipal',
  'xamznoidc',
  'cfaccess',
  'clientcert',
  'xclientcert',
  'sslclient',
  'xsslclient',
  // from where, to where, how
  'forwarded',
  'cfconnecting',
  'cfpseudo',
  'xoriginal',
  'xoriginating',
  'xrewrite',
  'xhttpmethod',
  'xenvoy',
];

/** What the gateway says in its own name. */
const OWN = [GATEWAY_SECRET, GATEWAY_HOP, IDENTITY_ASSERTION].map(lettersAndDigits);

const NAMES = [
  ...OWN,
  'xrequestid',
  'traceparent',
  'proxy',
  'xmethodoverride',
  'xhttphostoverride',
  'xhost',
  'xrealip',
  'xclientip',
  'xclusterclientip',
  'trueclientip',
  'clientip',
  'fastlyclientip',
  'wlproxyclientip',
  'proxyclientip',
  'frontendhttps',
  'xscheme',
  'xproto',
  'xurlscheme',
  'pathinfo',
  'scriptname',
  'xscriptname',
];

/** The default identity headers need no line: the family `xforwarded` is reserved even when other headers are configured. */
export function compileReservedNames(config: Pick<Config, 'identityHeaders'>): (name: string) => boolean {
  const names = new Set([...NAMES, ...Object.keys(config.identityHeaders ?? {}).map(lettersAndDigits)]);
  const isReserved = (name: string) => names.has(name) || FAMILIES.some((family) => name.startsWith(family));
  return (name) => {
    // No honest name looks like this, and some of these letters fold into ASCII (the Kelvin sign into k).
    if (!/^[\x21-\x7e]+$/.test(name)) return true;
    let canonical = lettersAndDigits(name);
    // CGI turns the name `Remote-User` into HTTP_REMOTE_USER. A visitor may send that form, or put `HTTP_` in front several times.
    while (!isReserved(canonical)) {
      if (!canonical.startsWith('http')) return false;
      canonical = canonical.slice(4);
    }
    return true;
  };
}

/** Names, in any spelling, by which the gateway tells an upstream who somebody is. An upstream that sends them is sending its request back. */
export function compileIdentityNames(config: Partial<Pick<Config, 'identityHeaders'>>): (name: string) => boolean {
  const configured = Object.keys(config.identityHeaders ?? {}).map(lettersAndDigits);
  const names = new Set([...OWN, ...configured]);
  return (name) => {
    const canonical = lettersAndDigits(name);
    return canonical.startsWith('xforwarded') || names.has(canonical);
  };
}
