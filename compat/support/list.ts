// The applications: each file of compat/applications/, by its name.

import { readdirSync } from 'node:fs';
import type { Application } from './application.ts';

const FOLDER = new URL('../applications/', import.meta.url);

export async function loadApplications(only?: readonly string[]): Promise<ReadonlyMap<string, Application>> {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .sort();
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`no application ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const applications = new Map<string, Application>();
  for (const name of names) {
    if (only && !only.includes(name)) continue;
    const { application } = (await import(`../applications/${name}.ts`)) as { application: Application };
    applications.set(name, application);
  }
  return applications;
}
