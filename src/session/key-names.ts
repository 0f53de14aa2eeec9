// The names under which a session's things lie in KV.
// Design promise 7: whoever reads KV learns no session id.

import { toHex } from '../shared/hex.ts';

export async function digestName(kind: 'tokens' | 'ended', sessionId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${kind} ${sessionId}`));
  return `${kind}/${toHex(new Uint8Array(digest).subarray(0, 16))}`;
}
