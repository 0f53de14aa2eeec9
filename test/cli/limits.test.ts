// Variables and secrets against what Cloudflare takes: by doctor and by deploy, which goes no further.
// Workers: limits.

import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { runDeploy } from '../../cli/deploy/command.ts';
import { checkVariablesModule } from '../../cli/doctor/variables-module.ts';
import { createInstallation } from '../../cli/installation/installation.ts';
import { deployedBytes, measureVariables, SAFE_BYTES } from '../../cli/installation/limits.ts';
import { parsePosternFile } from '../../cli/installation/postern-file.ts';
import { type Bed, createBed, createSystem } from './doctor-bed.ts';

/** A list variable of exactly so many bytes as it is deployed. */
function listOf(bytes: number): readonly unknown[] {
  const rule = (length: number) => ({ path: `/${'x'.repeat(length)}` });
  return [rule(bytes - deployedBytes([rule(0)]))];
}

const keyFile = (bytes: number, indent = 0) =>
  JSON.stringify(
    { type: 'application', keyId: '1', key: `-----BEGIN RSA PRIVATE KEY-----\n${'x'.repeat(bytes)}`, clientId: '2' },
    null,
    indent,
  ) + ' '.repeat(indent);
const jwk = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43), d: 'd'.repeat(43) };

async function limitsOf(bed: Bed) {
  const { code, findings } = await bed.run('--local');
  return { code, limits: findings.filter(({ check }) => check === 'limits') };
}

async function withVariables(vars: Readonly<Record<string, unknown>>) {
  const bed = createBed();
  Object.assign(bed.wrangler, { vars });
  return limitsOf(bed);
}

async function withSecrets(secrets: Readonly<Record<string, unknown>>) {
  const bed = createBed();
  Object.assign(bed.values, secrets);
  return (await limitsOf(bed)).limits;
}

describe('doctor: one variable of at most 5 KB', () => {
  it.each([
    ['5,000 bytes', { ROUTES: listOf(5_000) }, 'ok'],
    ['a little more, where "5 KB" may mean either', { ROUTES: listOf(5_120) }, 'warning'],
    ['a list, as JSON', { ROUTES: listOf(5_121) }, 'failed'],
    ['a list in text', { ROUTES: JSON.stringify(listOf(5_121)) }, 'failed'],
    ['a table', { ROLE_MAP: { a: 'x'.repeat(5_200) } }, 'failed'],
    ['text', { BRAND_NAME: 'x'.repeat(5_121) }, 'failed'],
    ['bytes, not characters', { BRAND_NAME: 'ä'.repeat(2_561) }, 'failed'],
    ['characters, not their escapes', { ROLE_MAP: { a: 'ä'.repeat(2_400) } }, 'ok'],
    ['a variable that is not ours', { ELSE: 'x'.repeat(5_121) }, 'failed'],
  ])('%s', async (_what, vars, status) => {
    const { limits } = await withVariables(vars);
    expect(limits).toMatchObject([{ status }]);
    if (status !== 'ok') expect(limits[0]?.found).toContain(`${Object.keys(vars)[0]} has `);
  });

  it.each([
    [{ ROUTES: listOf(6_000) }, /postern\.toml, beside wrangler\.toml/],
    [{ ZITADEL_SCOPES: 'x'.repeat(6_000) }, /postern\.toml, beside/],
    [{ BRAND_NAME: 'x'.repeat(6_000) }, /a shorter value/],
    [{ ASSERTION_KEY: 'x'.repeat(6_000) }, /npx wrangler secret put ASSERTION_KEY/],
  ])('says what to do', async (vars, cure) => {
    const { code, limits } = await withVariables(vars);
    expect(code).toBe(1);
    expect(limits[0]?.cure).toMatch(cure);
  });

  it.each([
    ['a key file of a usual size', { ZITADEL_CLIENT_KEY: keyFile(1_700) }, 'ok', undefined],
    ['a key file that is too long', { ZITADEL_API_KEY: keyFile(5_200) }, 'failed', /a new key at ZITADEL/],
    ['a key file with blanks', { ZITADEL_API_KEY: keyFile(2_000, 3_500) }, 'failed', /alone, it has 2,\d\d\d bytes/],
    ['a few assertion keys', { ASSERTION_KEY: JSON.stringify([jwk, jwk]) }, 'ok', undefined],
    ['too many', { ASSERTION_KEY: JSON.stringify(Array(30).fill(jwk)) }, 'failed', /fewer keys/],
    [
      'values that nobody took out',
      { SESSION_SECRET: Array(80).fill('a'.repeat(64)).join() },
      'failed',
      /fewer values/,
    ],
  ])('a secret: %s', async (_what, secrets, status, cure) => {
    const limits = await withSecrets(secrets);
    expect(limits).toMatchObject([{ status }]);
    if (cure) expect(limits[0]?.cure).toMatch(cure);
    expect(JSON.stringify(limits)).not.toMatch(/x{20}|a{20}|d{20}/);
  });
});

describe('what this project ships', () => {
  const shipped = ['wrangler.toml', ...globSync('examples/*/routes.toml')];
  it.each(shipped)('%s could be deployed', (config) => {
    const { vars } = unstable_readConfig({ config }, { hideWarnings: true });
    expect(measureVariables(vars, {})[0]?.bytes ?? 0).toBeLessThanOrEqual(SAFE_BYTES);
  });
});

describe('doctor: 64 variables and secrets together on Free, 128 on Paid', () => {
  const SECRETS = 4;
  it.each([
    [64, 'ok'],
    [65, 'warning'],
    [128, 'warning'],
    [129, 'failed'],
  ])('%i of them: %s', async (number, status) => {
    const names = Array.from({ length: number - SECRETS }, (_, i) => [`V${i}`, '1']);
    const { limits } = await withVariables(Object.fromEntries(names));
    expect(limits).toMatchObject([{ status, found: expect.stringMatching(new RegExp(`\\b${number}\\b`)) }]);
  });
});

describe('postern deploy refuses what Cloudflare would', () => {
  const deploy = async (bed: Bed, ...args: string[]) => {
    const printed: string[] = [];
    let isDeployed = false;
    const code = await runDeploy(args, createSystem(bed, printed, []), {
      load: async () => createInstallation(bed.wrangler, bed.values),
      runWrangler: async () => {
        isDeployed = true;
        return 0;
      },
    });
    return { code, isDeployed, printed: printed.join('\n') };
  };

  it.each([[[]], [['--dry-run']]])('%j', async (args) => {
    const bed = createBed();
    Object.assign(bed.wrangler, { vars: { ROUTES: listOf(6_000) } });
    expect(await deploy(bed, ...args)).toMatchObject({
      code: 1,
      isDeployed: false,
      printed: expect.stringMatching(/failed +limits +the variable ROUTES has 6,000 bytes/),
    });
  });
});

describe('doctor: postern.toml has to be a part of the worker', () => {
  const ALIAS = { '#postern/variables': './.postern/variables.json' };
  const BUILD = { command: 'postern build' };
  it.each([
    [{ alias: ALIAS, build: BUILD }, []],
    [{ build: BUILD }, [/no alias/]],
    [{ alias: { '#postern/variables': './other.json' }, build: BUILD }, [/no alias/]],
    [{ alias: ALIAS, build: {} }, [/nothing builds it/]],
    [{}, [/no alias/, /nothing builds it/]],
  ])('%j', (wrangler, found) => {
    const bed = createBed();
    const postern = parsePosternFile({ vars: { ROLE_MAP: { a: 'b' } } }, []);
    const installation = createInstallation({ ...bed.wrangler, ...wrangler }, bed.values, { postern });
    expect(installation.config?.roleMap).toEqual({ a: 'b' });
    const findings = checkVariablesModule(installation);
    expect(findings.map((each) => each.found)).toEqual(found.map((each) => expect.stringMatching(each)));
  });
});
