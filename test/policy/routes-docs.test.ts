// docs/routes.md names every field of a rule, and shows what `explain` really prints.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain/command.ts';
import { loadWithoutSecrets } from '../../cli/installation/installation.ts';
import { ROUTE_FIELDS } from '../../src/config/routes.ts';

const docs = readFileSync('docs/routes.md', 'utf8');

/** The rules of wrangler.toml as the documentation shows them. */
const ROUTES = [
  { path: '/', access: 'public' },
  { path: '/assets/*', access: 'public' },
  { path: '/staff/*', roles: ['staff', 'admin'] },
  { path: '/admin/*', roles: ['admin'] },
];

const load = async () =>
  loadWithoutSecrets({
    UPSTREAM_URL: 'https://app.internal',
    ZITADEL_DOMAIN: 'https://login.example.com',
    ZITADEL_CLIENT_ID: '249703852243222581',
    ZITADEL_CALLBACK_URL: 'https://app.example.com/auth/callback',
    ZITADEL_PROJECT_ID: '249703732336418457',
    SESSIONS: { put: () => undefined },
    USER_SESSIONS: { idFromName: () => undefined },
    ROUTES,
  });

describe('docs/routes.md', () => {
  it.each(Object.keys(ROUTE_FIELDS))('describes %s in a table', (field) => {
    expect(docs).toMatch(new RegExp(`^\\|.*\`${field}\`.*\\|.*\\|`, 'm'));
  });

  it.each([...docs.matchAll(/^\$ npx postern explain (.*)$/gm)].map(([, command = '']) => command))(
    'explain %s prints what it shows',
    async (command) => {
      const { output } = await explain(command.split(' '), load);
      expect(docs).toContain(`$ npx postern explain ${command}\n${output}\n\`\`\``);
    },
  );
});
