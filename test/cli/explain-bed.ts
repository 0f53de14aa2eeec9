// A configuration to explain, and the command put to it.

import { explain } from '../../cli/explain/command.ts';
import { loadWithoutSecrets } from '../../cli/installation/installation.ts';

const ROUTES = [
  { path: '/', access: 'public' },
  { path: '/new/*', mode: 'report', roles: ['tester'] },
  { path: '/admin/*', roles: ['admin'], orgs: ['1'], claims_max_age: 30 },
  { path: '/api/*', credentials: ['bearer'], methods: ['GET'] },
  { path: '/pay', amr: ['mfa'], max_age: 300 },
  { path: '/files/*', claims: { department: ['sales'] }, upstream: 'https://files.internal/base' },
  { path: '/shut/*', access: 'deny' },
  { path: '/shut/door', access: 'public' },
  { path: '/other', hosts: ['other.example.com'] },
  { path: '/drop/*', access: 'public', strip_prefix: true },
];

export const environment = {
  UPSTREAM_URL: 'https://app.internal',
  ZITADEL_DOMAIN: 'https://login.example.com',
  ZITADEL_CLIENT_ID: '249703852243222581',
  ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
  ZITADEL_PROJECT_ID: '249703732336418457',
  SESSIONS: { put: () => undefined },
  USER_SESSIONS: { idFromName: () => undefined },
};

export const load = async () => loadWithoutSecrets({ ...environment, ROUTES });

export async function run(command: string, rules: readonly object[] = ROUTES) {
  return await explain(command.split(' '), async () => loadWithoutSecrets({ ...environment, ROUTES: rules }));
}
