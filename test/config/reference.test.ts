// The written configuration agrees with the schema: docs/configuration.md, .dev.vars.example, wrangler.toml.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { devVarsExample } from '../../cli/dev-vars-example.ts';
import { checkPlatform } from '../../cli/doctor/exposure.ts';
import type { Installation } from '../../cli/installation/installation.ts';
import { loadTomlParser } from '../../cli/update/toml-parser.ts';
import { configurationReference } from '../../cli/write-configuration-docs.ts';
import { DESCRIPTIONS, DUMMY_SECRETS, ROUTE_DESCRIPTIONS, SITE_DESCRIPTIONS } from '../../src/config/reference.ts';
import { ROUTE_FIELDS } from '../../src/config/routes.ts';
import { SITE_FIELDS, type SiteField } from '../../src/config/site-fields.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import { configOf, issuesOf, warningsOf } from './environment.ts';

const fileUrl = (name: string) => new URL(`../../${name}`, import.meta.url);
const read = (name: string) => readFileSync(fileUrl(name), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'reference-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const parseToml = await loadTomlParser(scratch);
const names = Object.keys(VARIABLES) as VariableName[];
const secrets = names.filter((name) => VARIABLES[name].kind === 'secret');

describe('the reference', () => {
  it('describes every variable, every secret and every field of a route or a site, and no other', () => {
    expect(Object.keys(DESCRIPTIONS)).toEqual(names);
    expect(Object.keys(ROUTE_DESCRIPTIONS)).toEqual(Object.keys(ROUTE_FIELDS));
    expect(Object.keys(SITE_DESCRIPTIONS)).toEqual(Object.keys(SITE_FIELDS));
    expect(Object.keys(DUMMY_SECRETS).sort()).toEqual([...secrets].sort());
  });

  it('docs/configuration.md is up to date (node cli/write-configuration-docs.ts)', () => {
    expect(read('docs/configuration.md')).toBe(configurationReference());
  });

  it('.dev.vars.example is up to date (node cli/write-configuration-docs.ts)', () => {
    expect(read('.dev.vars.example')).toBe(devVarsExample());
  });

  it('gives examples that the schema takes', () => {
    const written = names.filter((other) => !secrets.includes(other));
    const examples = parseToml(written.map((name) => `${name} = ${VARIABLES[name].example}\n`).join(''));
    for (const name of written) {
      const changes = { [name]: examples[name] };
      const pair = name === 'ZITADEL_API_CLIENT_ID' ? { ZITADEL_API_CLIENT_SECRET: 'x' } : {};
      expect(issuesOf({ ...changes, ...pair }), name).toEqual([]);
    }
  });
});

describe('the reference of sites', () => {
  it('gives examples that the schema takes', () => {
    const fields = Object.keys(SITE_FIELDS) as SiteField[];
    const examples = parseToml(fields.map((field) => `${field} = ${SITE_FIELDS[field].example}\n`).join(''));
    const WIKI_SECRET = '5f1c9b3e7a2d4860917a6e3f9a1c7e5bd04c8e2f6b1a7d3958e0c4f2a6b8d1e3';
    for (const field of fields) {
      const site = { host: examples['host'], upstream: examples['upstream'], [field]: examples[field] };
      const secret = field === 'upstream_secret' ? { WIKI_SECRET } : {};
      expect(issuesOf({ SITES: [site], ...secret }), field).toEqual([]);
    }
  });

  it('the sites shown in wrangler.toml and in an operator’s postern.toml are sound', () => {
    for (const file of ['wrangler.toml', 'templates/operator/postern.toml']) {
      const [, shown = ''] = read(file).split(/^(?=# \[\[vars\.SITES\]\])/m);
      const { vars } = parseToml(shown.replace(/^# ?/gm, '')) as { vars?: { SITES?: unknown } };
      expect(vars?.SITES, file).toBeDefined();
      expect(issuesOf({ SITES: vars?.SITES }), file).toEqual([]);
    }
  });
});

describe('.dev.vars.example', () => {
  it.each(secrets)('has %s, with a value that would not work', (name) => {
    expect(read('.dev.vars.example')).toMatch(new RegExp(`^(# )?${name}=`, 'm'));
    const isMadeByZitadel = name === 'ZITADEL_CLIENT_SECRET' || name === 'ZITADEL_API_CLIENT_SECRET';
    if (!isMadeByZitadel)
      expect(issuesOf({ [name]: DUMMY_SECRETS[name as keyof typeof DUMMY_SECRETS] })).not.toEqual([]);
  });
});

describe('wrangler.toml', () => {
  const toml = read('wrangler.toml');
  const wrangler = readConfig({ config: fileUrl('wrangler.toml').pathname }, { hideWarnings: true });

  it('configures the demo without a warning', () => {
    expect(warningsOf(wrangler.vars)).toEqual([]);
    expect(configOf(wrangler.vars).routes.map(({ path }) => path)).toEqual(['/', '/assets/*', '/staff/*', '/admin/*']);
  });

  it.each(names.filter((name) => !secrets.includes(name)))('sets %s or shows it in a comment', (name) => {
    expect(toml).toMatch(new RegExp(`^(# )?(${name} = |\\[\\[vars\\.${name}\\]\\])`, 'm'));
  });

  it.each(secrets)('does not have the secret %s', (name) => {
    expect(wrangler.vars).not.toHaveProperty(name);
    expect(toml).not.toMatch(new RegExp(`^#? ?${name} = `, 'm'));
  });

  it('promise 10 leaves no second way in', () => {
    expect(wrangler).toMatchObject({ workers_dev: false, preview_urls: false });
  });

  it('has the compatibility date that doctor wants, and one day older is too old for it', () => {
    const judge = (compatibility_date: string) =>
      checkPlatform({ wrangler: { ...wrangler, compatibility_date } } as Installation, '2099-01-01')[0]?.status;
    const date = wrangler.compatibility_date ?? '';
    const dayBefore = new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
    expect([judge(date), judge(dayBefore)]).toEqual(['ok', 'warning']);
  });

  it('has the bindings and the migration of the Durable Object', () => {
    expect(wrangler.kv_namespaces).toMatchObject([{ binding: 'SESSIONS' }]);
    expect(wrangler.durable_objects.bindings).toMatchObject([{ name: 'USER_SESSIONS', class_name: 'UserSessions' }]);
    expect(wrangler.ratelimits).toMatchObject([{ name: 'LOGIN_RATE_LIMIT', simple: { limit: 100, period: 60 } }]);
    expect(wrangler.migrations).toMatchObject([{ new_sqlite_classes: ['UserSessions'] }]);
    expect(wrangler.observability).toMatchObject({ enabled: true });
  });
});
