// Headers that Apache sets from claims: RequestHeader, and OIDCAuthNHeader for the user's name.
// mod_headers: RequestHeader set NAME "%{OIDC_CLAIM_email}e".

import { safeParse } from 'valibot';
import { identityHeaders } from '../../../src/config/header-tables.ts';
import type { Directive } from '../formats/apache.ts';
import type { Table } from '../formats/structured.ts';
import type { Ledger } from '../ledger.ts';

const CLAIM = /%\{(?:OIDC_CLAIM_|HTTP:OIDC_CLAIM_)([\w:.-]+)\}|%\{env:OIDC_CLAIM_([\w:.-]+)\}/i;
const USER = /%\{(?:REMOTE_USER|HTTP_REMOTE_USER)\}/i;

export function passedHeaders(ledger: Ledger, directives: readonly Directive[], remoteUser: string): Table {
  const user = remoteUser.replace(/@$/, '');
  const names: Record<string, string> = {};
  const authn = ledger.take('OIDCAuthNHeader');
  if (typeof authn === 'string' && authn !== '') names[authn] = user;
  for (const { name, args } of directives) {
    if (name !== 'requestheader' || !/^(?:set|add|append|merge|setifempty)$/i.test(args[0] ?? '')) continue;
    const [, header = '', value = ''] = args;
    // Of these the gateway says what is true.
    if (/^x-forwarded-(?:proto|host|port|for|ssl)$/i.test(header)) continue;
    const claim =
      CLAIM.exec(value)
        ?.slice(1)
        .find((each) => each !== undefined) ?? (USER.test(value) ? user : undefined);
    if (claim !== undefined) names[header] = /^(?:groups|roles)$/.test(claim) ? 'roles' : claim;
    else
      ledger.note(
        'lost',
        `RequestHeader ${header}`,
        'fixed values are not sent; the application may ask for UPSTREAM_SECRET',
      );
  }
  const sound = Object.entries(names).filter(([name, claim]) => {
    const isSound = safeParse(identityHeaders, { [name]: claim }).success;
    if (!isSound) ledger.note('lost', `RequestHeader ${name}`, 'a header of this name has a meaning that must stand');
    return isSound;
  });
  return sound.length === 0 ? {} : { IDENTITY_HEADERS: Object.fromEntries(sound) };
}
