// Whether ZITADEL takes a key that it has just made: for a second it does not know it yet.
// RFC 7523 §2.1, §2.2; RFC 7662 §2.

import { becomesTrue } from './await-projections.ts';
import type { Connection } from './connection.ts';
import { createAssertion, parseKey } from './credentials.ts';
import { readAt } from './json.ts';

export function isServiceKeyTaken(connection: Connection, file: string): Promise<boolean> {
  return becomesTrue(connection, async () => {
    const assertion = await assertionOf(connection, file);
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const body = new URLSearchParams({ grant_type, assertion, scope: 'openid' });
    return (await connection.send(connection.endpoints.token, { method: 'POST', body })).ok;
  });
}

/** A known client hears that a token of no use is inactive; any other hears that it is no client. */
export function isApplicationKeyTaken(connection: Connection, file: string): Promise<boolean> {
  return becomesTrue(connection, async () => {
    const body = new URLSearchParams({
      token: 'none',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertionOf(connection, file),
    });
    const response = await connection.send(connection.endpoints.introspection, { method: 'POST', body });
    const answer: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
    return readAt(answer, 'active') === false;
  });
}

const assertionOf = ({ domain, now }: Connection, file: string): Promise<string> =>
  createAssertion(parseKey(file), domain, now());
