// Header names that a visitor may never get through to the upstream, in any spelling an application could take for one of them.
// ARCHITECTURE §4 "Never reaches the upstream"; RFC 9110 §5.1.

import type { Config } from '../config/schema.ts';
import { GATEWAY_HOP, GATEWAY_SECRET, IDENTITY_ASSERTION, lettersAndDigits } from '../shared/field-names.ts';

/** Every name that begins like this: whole families of proxies' headers, so that a new member needs no new line here. */
const FAMILIES = [
  // who, by whichever proxy's convention
  'xforwarded',
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
  'scriptname',
  'xscriptname',
];

/** The default identity headers need no line: they are of the family `xforwarded`, closed also when others are configured. */
export function compileReservedNames(config: Pick<Config, 'identityHeaders'>): (name: string) => boolean {
  const names = new Set([...NAMES, ...Object.keys(config.identityHeaders ?? {}).map(lettersAndDigits)]);
  const isReserved = (name: string) => names.has(name) || FAMILIES.some((family) => name.startsWith(family));
  return (name) => {
    // No honest name looks like this, and some of these letters fold into ASCII (the Kelvin sign into k).
    if (!/^[\x21-\x7e]+$/.test(name)) return true;
    let canonical = lettersAndDigits(name);
    // CGI calls `Remote-User: x` HTTP_REMOTE_USER; a visitor may have written that name at once, and more than once.
    while (!isReserved(canonical)) {
      if (!canonical.startsWith('http')) return false;
      canonical = canonical.slice(4);
    }
    return true;
  };
}

/** Names by which the gateway tells an upstream who somebody is and proves it, in any spelling; what an upstream sends under them is an echo. */
export function compileIdentityNames(config: Partial<Pick<Config, 'identityHeaders'>>): (name: string) => boolean {
  const configured = Object.keys(config.identityHeaders ?? {}).map(lettersAndDigits);
  const names = new Set([...OWN, ...configured]);
  return (name) => {
    const canonical = lettersAndDigits(name);
    return canonical.startsWith('xforwarded') || names.has(canonical);
  };
}
