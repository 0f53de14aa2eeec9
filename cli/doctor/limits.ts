// Does it fit into what the platform takes? Neither Wrangler nor the local runtime says so; a deployment is refused.
// Workers: limits.

import { parseJson } from '../../src/config/values.ts';
import { VARIABLES, type VariableName } from '../../src/config/variables.ts';
import type { VariablesFile } from '../../src/config/variables-file.ts';
import { type Installation, namedSecretsOf } from '../installation/installation.ts';
import {
  compressedBytes,
  deployedBytes,
  type Measured,
  MOST_BYTES,
  MOST_UPLOAD,
  MOST_VARIABLES,
  measureVariables,
  SAFE_BYTES,
  smallestKeyFile,
} from '../installation/limits.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

const CHECK = 'limits';
/** Of text as configurations are, of which three quarters are saved by compression: what fits on the Free plan. */
const MODULE_BYTES = 4 * MOST_UPLOAD.free;

export function checkLimits({ wrangler, secrets, postern, environment }: Installation): Finding[] {
  const measured = measureVariables(wrangler.vars, secrets);
  // They are deployed, or will be, whether or not they are known here.
  const named = namedSecretsOf(environment).filter((name) => !measured.some((each) => each.name === name));
  const findings = [
    ...measured.flatMap((each) => checkLength(each, secrets[each.name])),
    ...checkCount(measured.length + named.length),
    ...(postern ? checkUpload(postern.variables) : []),
  ];
  const [longest] = measured;
  const sum = `variables and secrets known here: ${measured.length}`;
  const most = longest ? `, the longest ${longest.name} with ${count(longest.bytes)} bytes` : '';
  return [...(findings.length > 0 ? findings : [ok(CHECK, sum + most)]), ...measureSites(wrangler.vars, environment)];
}

/** How near SITES is to what a variable holds, and what comes after. */
function measureSites(vars: Installation['environment'], { SITES }: Installation['environment']): Finding[] {
  const sites = parseJson(SITES ?? [], '');
  if (!Array.isArray(sites) || sites.length === 0) return [];
  const bytes = deployedBytes(SITES);
  const what = `SITES: ${sites.length === 1 ? '1 site' : `${sites.length} sites`}, ${count(bytes)} bytes`;
  if (vars['SITES'] === undefined)
    return [ok(CHECK, `${what} in postern.toml, a module: room for about ${count(MODULE_BYTES)}`)];
  if (bytes > SAFE_BYTES) return [];
  const more = Math.floor((SAFE_BYTES - bytes) / (bytes / sites.length));
  return [
    ok(
      CHECK,
      `${what} of ${count(SAFE_BYTES)}: about ${more} more like these fit, then postern.toml takes them, a module`,
    ),
  ];
}

function checkLength(measured: Measured, secret: unknown): Finding[] {
  const { name, kind, bytes } = measured;
  if (bytes <= SAFE_BYTES) return [];
  const found = `the ${kind} ${name} has ${count(bytes)} bytes as it is deployed: Cloudflare takes 5 KB`;
  const cure = kind === 'secret' ? shortenSecret(name, secret) : shortenVariable(name);
  return [bytes > MOST_BYTES ? failed(CHECK, found, cure) : warning(CHECK, `${found}, or a little more`, cure)];
}

function shortenVariable(name: string): string {
  const kind = Object.hasOwn(VARIABLES, name) ? VARIABLES[name as VariableName].kind : undefined;
  if (kind === 'secret') return `it is a secret: out of wrangler.toml, then npx wrangler secret put ${name}`;
  if (kind !== 'list' && kind !== 'table') return 'a shorter value: only lists and tables may stand in postern.toml';
  return `move it into postern.toml, beside wrangler.toml and in the same form: docs/configuration.md, “Where it stands”`;
}

function shortenSecret(name: string, secret: unknown): string {
  const least = smallestKeyFile(secret);
  if (name === 'ZITADEL_CLIENT_KEY' || name === 'ZITADEL_API_KEY')
    return least !== undefined && least <= SAFE_BYTES
      ? `on one line, with type, keyId, key and clientId alone, it has ${count(least)} bytes`
      : 'a new key at ZITADEL, which has about 2,000 bytes, and the file’s JSON on one line';
  if (name === 'ASSERTION_KEY')
    return 'fewer keys: the first signs, one before it suffices while assertions of a minute run out; only kty, crv, kid, x, y, d of each';
  return 'fewer values: the first is used, the others only until the last that knows them is gone';
}

function checkCount(number: number): Finding[] {
  const found = `${number} variables and secrets`;
  const cure = 'lists and tables into postern.toml, which counts for none';
  const { free, paid } = MOST_VARIABLES;
  if (number > paid) return [failed(CHECK, `${found}: Cloudflare takes ${paid}`, cure)];
  if (number > free) return [warning(CHECK, `${found}: Cloudflare takes ${free} on the Free plan`, cure)];
  return [];
}

function checkUpload(file: VariablesFile): Finding[] {
  const bytes = compressedBytes(file);
  const found = `postern.toml has ${count(bytes)} bytes, compressed`;
  const cure = 'fewer rules: a prefix ending in /* instead of each page';
  if (bytes > MOST_UPLOAD.paid) return [failed(CHECK, `${found}: Cloudflare takes 10 MB with the worker`, cure)];
  if (bytes > MOST_UPLOAD.free)
    return [warning(CHECK, `${found}: Cloudflare takes 3 MB with the worker on the Free plan`, cure)];
  return [];
}

const count = (number: number): string => number.toLocaleString('en-US');
