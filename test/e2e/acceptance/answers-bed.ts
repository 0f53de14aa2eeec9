// Rules for the tests of answers, and what they send.

import { SCRIPTED } from './support/gateway.ts';

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

export const ROUTES = [
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
