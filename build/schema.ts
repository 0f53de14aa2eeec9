// dist/schema.json: what this release says of itself to the command that updates to it. Names and kinds from the schema,
// the rest from the repository's own wrangler.toml and package.json.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getDefault } from 'valibot';
import { experimental_readRawConfig } from 'wrangler';
import type { Migration, Release, Setting, Settings } from '../cli/update/release.ts';
import { BINDINGS } from '../src/config/bindings.ts';
import { RENAMED } from '../src/config/renamed.ts';
import { ROUTE_FIELDS } from '../src/config/routes.ts';
import { SITE_FIELDS } from '../src/config/site-fields.ts';
import { VARIABLES } from '../src/config/variables.ts';

const ROOT = join(import.meta.dirname, '..');

type Schema = Parameters<typeof getDefault>[0];

function describeSetting(kind: string, schema: Schema): Setting {
  const fallback: unknown = getDefault(schema);
  return {
    kind,
    isRequired: !['optional', 'exact_optional'].includes(schema.type),
    ...(fallback !== undefined && { default: String(fallback) }),
  };
}

const mapValues = <Value>(table: Readonly<Record<string, Value>>, describe: (value: Value) => Setting): Settings =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, describe(value)]));

export function describeRelease(): Release {
  const { version, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const { rawConfig } = experimental_readRawConfig({ config: join(ROOT, 'wrangler.toml') });
  return {
    format: 1,
    version,
    variables: mapValues(VARIABLES, ({ kind, schema }) => describeSetting(kind, schema)),
    fields: mapValues(ROUTE_FIELDS, ({ schema }) => describeSetting('field', schema)),
    siteFields: mapValues(SITE_FIELDS, ({ schema }) => describeSetting('site field', schema)),
    bindings: mapValues(BINDINGS, ({ required }) => ({ kind: 'binding', isRequired: required })),
    renamed: RENAMED,
    compatibilityDate: String(rawConfig.compatibility_date),
    migrations: rawConfig.migrations as readonly Migration[],
    tools: { wrangler: devDependencies.wrangler, node: devDependencies.node },
  };
}
