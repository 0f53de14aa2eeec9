// The names under which a session's things lie in KV.
// Design promise 7: whoever reads KV learns no session id.

export async function digestName(kind: 'tokens' | 'ended', sessionId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${kind} ${sessionId}`));
  return `${kind}/${toHex(new Uint8Array(digest).subarray(0, 16))}`;
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
