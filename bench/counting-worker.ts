// Postern, with its calls of stores and of Web Crypto counted; `/bench/counts` answers with the counts, and they begin again at 0.
// randomUUID and getRandomValues are not counted: an identifier is no cryptography.

import type { Bindings } from '../src/gateway.ts';
import gateway, { UserSessions } from '../src/index.ts';

export { UserSessions };

const counts = { objectCalls: 0, cryptography: 0 };
type Methods = Record<string, (...args: unknown[]) => unknown>;

const subtle = crypto.subtle as unknown as Methods;
const METHODS = [
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'digest',
  'importKey',
  'deriveBits',
  'deriveKey',
  'generateKey',
];
for (const name of METHODS) {
  const own = subtle[name] as (...args: unknown[]) => unknown;
  const counted = (...args: unknown[]) => {
    counts.cryptography++;
    return own.apply(crypto.subtle, args);
  };
  Object.defineProperty(Object.getPrototypeOf(crypto.subtle), name, { value: counted });
}

function withCountedObjects(env: Bindings): Bindings {
  const { USER_SESSIONS } = env;
  const get = (id: DurableObjectId) =>
    new Proxy(USER_SESSIONS.get(id) as unknown as Methods, {
      get:
        (stub, name: string) =>
        (...args: unknown[]) => {
          counts.objectCalls++;
          return stub[name]?.(...args);
        },
    });
  return {
    ...env,
    USER_SESSIONS: { get, idFromName: (name: string) => USER_SESSIONS.idFromName(name) },
  } as unknown as Bindings;
}

export default {
  fetch(request, env) {
    if (!request.url.endsWith('/bench/counts')) return gateway.fetch(request, withCountedObjects(env));
    const answer = Response.json(counts);
    Object.assign(counts, { objectCalls: 0, cryptography: 0 });
    return answer;
  },
} satisfies ExportedHandler<Bindings>;
