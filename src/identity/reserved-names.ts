// Header names that a visitor may never get through to the upstream, in any spelling an application could take for one of them.
// Design §4 "Never reaches the upstream"; RFC 9110 §5.1; RFC 3875 §4.1.18 (CGI's HTTP_ names).

import type { Config } from '../config/schema.ts';

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

const NAMES = [
  'xidentityassertion',
  'xgatewaysecret',
  'xgatewayhop',
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
  const names = new Set([...NAMES, ...Object.keys(config.identityHeaders ?? {}).map(canonicalName)]);
  const isReserved = (name: string) => names.has(name) || FAMILIES.some((family) => name.startsWith(family));
  return (name) => {
    // No honest name looks like this, and some of these letters fold into ASCII (the Kelvin sign into k).
    if (!/^[\x21-\x7e]+$/.test(name)) return true;
    let canonical = canonicalName(name);
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
  const configured = Object.keys(config.identityHeaders ?? {}).map(canonicalName);
  const names = new Set(['xidentityassertion', 'xgatewaysecret', 'xgatewayhop', ...configured]);
  return (name) => {
    const canonical = canonicalName(name);
    return canonical.startsWith('xforwarded') || names.has(canonical);
  };
}

/** Letters and digits, case folded: what is left of a name once WSGI, CGI or PHP has turned every other sign into `_`. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
