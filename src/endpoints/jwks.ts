// GET /auth/jwks: the public keys of the signed assertion, all of them while they rotate.
// RFC 7517 §5; ARCHITECTURE §2, §4.

import { type Endpoint, jsonAnswer } from '../answer/answers.ts';

export const jwks: Endpoint = (gateway) => async () => {
  const keys = await gateway.assertions.publicKeys();
  return jsonAnswer(gateway, { keys }, 200, 'application/jwk-set+json');
};
