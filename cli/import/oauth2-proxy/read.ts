// The options of oauth2-proxy, wherever they stand: its .cfg, flags, variables of an environment, manifests with either, and the alpha
// configuration. Flags count before variables, and these before files, as with oauth2-proxy itself.

import { CommandError } from '../../support/failure.ts';
import type { Input } from '../draft.ts';
import { type Given, readEnvironment, readFlags, readManifest, splitWords } from '../formats/flags.ts';
import { parseToml, parseYaml, type Table, tableOf } from '../formats/structured.ts';
import { listFrom } from './lists.ts';

export interface Options {
  /** By the name of the flag. */
  readonly plain: ReadonlyMap<string, unknown>;
  readonly alpha: Table | undefined;
}

const PREFIX = 'OAUTH2_PROXY_';
const ALPHA = ['upstreamConfig', 'injectRequestHeaders', 'injectResponseHeaders', 'metricsServer'];

/** In a file, and as a variable, a list has the plural. */
const PLURALS =
  /^(allowed-group|allowed-role|api-route|cookie-domain|email-domain|entra-id-allowed-tenant|exclude-logging-path|github-user|gitlab-group|gitlab-project|google-group|htpasswd-user-group|keycloak-group|oidc-audience-claim|oidc-enabled-signing-alg|oidc-extra-audience|oidc-public-key-file|provider-ca-file|skip-auth-regex|skip-auth-route|tls-cipher-suite|trusted-ip|trusted-proxy-ip|upstream|whitelist-domain)s$/;

export function flagName(written: string): string {
  const name = written.toLowerCase().replaceAll('_', '-');
  return PLURALS.exec(name)?.[1] ?? name;
}

export function readOptions(inputs: readonly Input[]): Options {
  const layers: Layers = { file: new Map(), environment: new Map(), flags: new Map() };
  let alpha: Table | undefined;
  for (const input of inputs) alpha = readOne(input, layers) ?? alpha;
  return { plain: new Map([...layers.file, ...layers.environment, ...layers.flags]), alpha };
}

type Layers = Readonly<Record<'file' | 'environment' | 'flags', Map<string, unknown>>>;

export const isAlpha = (tree: unknown): boolean => {
  const table = tableOf(tree);
  return ALPHA.some((key) => key in table) || (Array.isArray(table['providers']) && !('routes' in table));
};

function readOne(input: Input, layers: Layers): Table | undefined {
  const trees = readTrees(input);
  if (trees !== undefined) return readAllTrees(trees, input, layers);
  const text = withoutComments(input.text);
  if (/^\s*[a-z][a-z0-9_]*\s*=/im.test(text) && !/OAUTH2_PROXY_|(?:^|\s)--?[a-z]/.test(text)) {
    addTable(parseToml(input), layers);
    return undefined;
  }
  const words = splitWords(input.text);
  addGiven(readFlags(words), layers.flags);
  addGiven(readEnvironment(words, PREFIX), layers.environment);
  return undefined;
}

/** Whatever is a table or a list as YAML; of anything else YAML makes one long text, or nothing. */
function readTrees(input: Input): readonly unknown[] | undefined {
  try {
    const trees = parseYaml(input).filter((tree) => typeof tree === 'object');
    return trees.length > 0 ? trees : undefined;
  } catch (cause) {
    // By its looks it was meant as YAML.
    const first = /^\s*[^\s#;].*$/m.exec(input.text)?.[0] ?? '';
    if (/^\s*(?:-\s|---|[\w.-]+:(?:\s|$))/.test(first)) throw cause;
    return undefined;
  }
}

function readAllTrees(trees: readonly unknown[], input: Input, layers: Layers): Table | undefined {
  let alpha = trees.filter(isAlpha).map(tableOf)[0];
  const manifests = trees.filter((tree) => !isAlpha(tree)).map((tree) => readManifest(tree, PREFIX, PROGRAM));
  if (manifests.reduce((sum, { programs }) => sum + programs, 0) > 1) throw severalProxies(input.name);
  for (const { flags, environment, texts } of manifests) {
    // A file within the file: a chart's `configFile`, a ConfigMap.
    const files = texts.filter((text) => /^\s*[a-z_A-Z]+\s*[=:]/m.test(text));
    for (const text of files) alpha = readOne({ name: input.name, text }, layers) ?? alpha;
    addGiven(flags, layers.flags);
    addGiven(environment, layers.environment);
  }
  return alpha;
}

/** Flags that each oauth2-proxy has of its own. */
const PROGRAM =
  /^--?(?:upstream|email-domain|provider|http-address|https-address|oidc-issuer-url|client-id|redirect-url|skip-auth-route|skip-auth-regex|cookie-secret)(?:=|$)/;

const severalProxies = (name: string): CommandError =>
  new CommandError(
    `${name} has several oauth2-proxy, and what one of them opens is not to be opened at another: nothing was written`,
    {
      hints: ['put the part of one of them into a file of its own, and import that'],
    },
  );

/** Of several files the later counts. */
function addTable(table: Table, { file }: Layers): void {
  for (const [name, value] of Object.entries(table)) file.set(flagName(name), value);
}

/** One that is given again makes a list; of one that is no list, the last counts. */
function addGiven(given: readonly Given[], layer: Map<string, unknown>): void {
  for (const { name, value } of given) {
    const flag = flagName(name);
    const before = layer.get(flag);
    const isList = value !== true && PLURALS.test(`${flag}s`);
    layer.set(flag, isList ? [...listFrom(before), ...listFrom(value)] : value);
  }
}

const withoutComments = (text: string): string => text.replace(/^\s*[#;].*$/gm, '');
