// Rules for the tests of answers, and what they send.

import { type BlackBox, openBox, SCRIPTED, type Visitor } from './support/gateway.ts';

export const SPA = 'https://spa.example.com';

export const SOCKET = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
};

export const bearer = (token: string, kind: Record<string, string> = SCRIPTED) => ({
  headers: { ...kind, authorization: `Bearer ${token}` },
});

const ROUTES = [
  { path: '/public/*', access: 'public' },
  { path: '/admin/*', roles: ['admin'] },
  { path: '/closed/*', access: 'deny' },
  { path: '/mfa/*', amr: ['mfa'] },
  { path: '/web/*', credentials: ['session'] },
  { path: '/api/*', credentials: ['bearer'], cors: [SPA] },
  { path: '/redirect/*', unauthenticated: 'redirect' },
  { path: '/plain/*', unauthenticated: '401' },
  { path: '/hosted/*', hosts: ['other.example.com'] },
  { path: '/down/*', upstream: 'http://127.0.0.1:9' },
  { path: '/slow/*', timeout: 1 },
];

/** With an administrator and a user who are signed in. */
export async function openAnswersBox(): Promise<{ box: BlackBox; admin: Visitor; user: Visitor }> {
  const box = await openBox({ env: { ROUTES } });
  const admin = box.visitor();
  await admin.signIn('admin');
  const user = box.visitor();
  await user.signIn('user');
  return { box, admin, user };
}
