// From the options of oauth2-proxy to a gateway's configuration.
// oauth2-proxy: command line options, config file, environment variables, alpha configuration.

import { hostOf } from '../addresses.ts';
import type { Draft, Input, Reader, Wishes } from '../draft.ts';
import { flattenKeys } from '../formats/flatten.ts';
import { durationOf, flagOf, listOf, type Table, tableOf, textOf } from '../formats/structured.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { EVERYWHERE, meetPaths, multiply, type Rule } from '../paths/rules.ts';
import { settle } from '../settings.ts';
import { settleUpstreamHost } from '../upstream-host.ts';
import { accessRules } from './access.ts';
import { passedHeaders } from './headers.ts';
import { listFrom } from './lists.ts';
import { OAUTH2_PROXY } from './options.ts';
import { readOptions } from './read.ts';
import { upstreamRules } from './upstreams.ts';

export function convertOauth2Proxy(inputs: readonly Input[], wishes: Wishes, reader: Reader): Draft {
  const { plain, alpha } = readOptions(inputs);
  const ledger = createLedger(OAUTH2_PROXY, new Map([...plain, ...flattenKeys(alpha ?? {})]));
  settleAlpha(ledger);
  const provider = tableOf(listOf(alpha?.['providers'])[0]);
  if (listOf(alpha?.['providers']).length > 1)
    ledger.note('lost', 'providers', 'one provider signs people in, ZITADEL; it can ask others itself');
  const isAlphaAlone = alpha !== undefined && plain.size === 0;
  const access = accessRules({ ledger, provider, wishes, reader, isAlphaAlone });
  const headers = passedHeaders(ledger, alpha);
  const upstreams = upstreamRules(ledger, alpha ?? {});
  const layers = [apiRules(ledger), [{ path: EVERYWHERE, fields: headers.tokens }], upstreams.rules];
  const folder = folderOfProxy(ledger, textOf(ledger.take('redirect-url')));
  const put = layers
    .reduce<readonly Rule[]>(multiply, access)
    .filter(({ path }) => path === EVERYWHERE || meetPaths(path, `${folder}/*`) !== path);
  const { vars, secrets, rules } = settleSettings({ ledger, provider, wishes, rules: put, upstream: upstreams.main });
  const called = settleUpstreamHost(rules, 'pass-host-header', ledger);
  return {
    vars: {
      ...vars,
      ...called.vars,
      ...durations(ledger),
      ...bearer(ledger),
      ...(headers.names && { IDENTITY_HEADERS: headers.names }),
    },
    rules: called.rules,
    secrets: [
      ...secrets,
      ...(upstreams.onlyAsks
        ? [
            {
              name: 'UPSTREAM_SECRET',
              from: 'a new one, which the proxy that asks /auth/check sends as X-Gateway-Secret',
              command: 'openssl rand -hex 32 | npx wrangler secret put UPSTREAM_SECRET',
            },
          ]
        : []),
    ],
    notes: ledger.close(),
    otherHosts: [],
  };
}

interface Known {
  readonly ledger: Ledger;
  readonly provider: Table;
  readonly wishes: Wishes;
  readonly rules: readonly Rule[];
  readonly upstream: string | undefined;
}

function settleSettings({ ledger, provider, wishes, rules, upstream }: Known) {
  const oidc = tableOf(provider['oidcConfig']);
  const secret = ['client-secret', 'client-secret-file'].find((name) => textOf(ledger.take(name)) !== undefined);
  const alphaSecret =
    'clientSecret' in provider || 'clientSecretFile' in provider ? 'providers.clientSecret' : undefined;
  const kind = textOf(ledger.take('provider')) ?? textOf(provider['provider']) ?? 'google';
  const issuer = textOf(ledger.take('oidc-issuer-url')) ?? textOf(oidc['issuerURL']);
  ledger.settle('cookie-secret', 'cookie-secret-file');
  const found = {
    issuer: kind === 'oidc' ? issuer : undefined,
    clientId: textOf(ledger.take('client-id')) ?? textOf(provider['clientID']),
    clientSecret: secret ?? alphaSecret,
    callback: textOf(ledger.take('redirect-url')),
    host: hostOf(listFrom(ledger.take('cookie-domain')).find((domain) => !domain.startsWith('.'))),
    upstream,
  };
  return settle(found, wishes, rules, ledger);
}

/** `/oauth2`: requests below it were oauth2-proxy's own, whatever a rule says. */
function folderOfProxy(ledger: Ledger, callback: string | undefined): string {
  const prefix = textOf(ledger.take('proxy-prefix'));
  const folder = URL.parse(callback ?? '')?.pathname.replace(/\/[^/]*$/, '');
  return prefix ?? (folder || '/oauth2');
}

/** Read above, wherever they stand. */
function settleAlpha(ledger: Ledger): void {
  const upstream = ['id', 'path', 'uri', 'rewriteTarget', 'static', 'staticCode', 'timeout', 'passHostHeader'].flatMap(
    (name) => [`upstreamConfig.upstreams.${name}`, `upstreams.${name}`],
  );
  const provider = ['id', 'provider', 'clientID', 'clientSecret', 'clientSecretFile', 'oidcConfig.issuerURL'];
  const header = [
    'name',
    'values.claim',
    'values.claimSource.claim',
    'values.value',
    'values.fromEnv',
    'values.fromFile',
    'values.secretSource.value',
    'values.secretSource.fromEnv',
    'values.secretSource.fromFile',
  ];
  ledger.settle(
    ...upstream,
    ...provider.map((name) => `providers.${name}`),
    ...header.flatMap((name) => [`injectRequestHeaders.${name}`, `injectResponseHeaders.${name}`]),
  );
}

function apiRules(ledger: Ledger): readonly Rule[] {
  const patterns = listFrom(ledger.take('api-route'));
  const all = flagOf(ledger.take('force-json-errors')) === true;
  const rules = patterns.flatMap((pattern) => {
    const { within, isNarrow } = pathsOfRegex(pattern);
    if (isNarrow)
      ledger.note(
        'changed',
        `api-route ${pattern}`,
        'scripts get 401 by themselves; a page that matches this may be led to the sign-in',
      );
    return within.map((path) => ({ path, fields: { unauthenticated: '401' } }));
  });
  return [...rules, { path: EVERYWHERE, fields: all ? { unauthenticated: '401' } : {} }];
}

function durations(ledger: Ledger): Readonly<Record<string, number>> {
  const most = durationOf(ledger.take('cookie-expire'));
  if (most === undefined) return {};
  return { SESSION_MAX_DURATION: most, ...(most < 3600 && { SESSION_DURATION: most }) };
}

function bearer(ledger: Ledger): Readonly<Record<string, unknown>> {
  const isTaken = flagOf(ledger.take('skip-jwt-bearer-tokens')) === true;
  const audiences = listFrom(ledger.take('oidc-extra-audience'));
  if (!isTaken) return {};
  if (audiences.length > 0) return { ZITADEL_AUDIENCE: audiences };
  ledger.note(
    'todo',
    'skip-jwt-bearer-tokens',
    'bearer tokens are taken once ZITADEL_PROJECT_ID is set (npx postern setup does)',
  );
  return {};
}
