// How a page names whoever is signed in.

import type { Identity } from './identity.ts';

export function personOf({ name, preferred_username, email }: Identity) {
  return { name, loginName: preferred_username, email };
}
