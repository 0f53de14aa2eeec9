// What an instance has beyond a fresh one. A fresh one: an organisation, ZITADEL's own project, an administrator, its service accounts.

import { type Instance, PROJECT, totalOf } from './world/instance.ts';

/** First person; the administrator's service account, and the login application's where there is one. */
const FRESH = { organisations: 1, people: 1, 'service accounts': 2, projects: 1 };

type What = keyof typeof FRESH;

export async function findInhabitants(instance: Instance): Promise<readonly string[]> {
  const usersOf = (type: string) =>
    instance.rest('POST', '/v2/users', { query: { limit: 1 }, queries: [{ typeQuery: { type } }] });
  const answers: Readonly<Record<What, () => Promise<object>>> = {
    organisations: () => instance.rest('POST', '/v2/organizations/_search', { query: { limit: 1 } }),
    people: () => usersOf('TYPE_HUMAN'),
    'service accounts': () => usersOf('TYPE_MACHINE'),
    projects: () => instance.connect(`${PROJECT}/ListProjects`, { pagination: { limit: 1 } }),
  };
  const found = await Promise.all(
    Object.entries(answers).map(async ([what, ask]) => {
      const total = totalOf((await ask()) as Parameters<typeof totalOf>[0]);
      return total > FRESH[what as What] ? [`${total} ${what}`] : [];
    }),
  );
  return found.flat();
}
