// GET /auth/jwks: the public keys of the signed assertion, all of them while they rotate.
// RFC 7517 §5; design §2, §4.

import { type Endpoint, jsonAnswer } from '../answer/answers.ts';
import { createAssertionsOf } from '../gate/upstream-identity.ts';

export const jwks: Endpoint = (gateway) => {
  const { publicKeys } = createAssertionsOf(gateway);
  return async () => jsonAnswer(gateway, { keys: await publicKeys() }, 200, 'application/jwk-set+json');
};
