// By which name the old gateway called an application, as UPSTREAM_HOST and `upstream_host` say it. docs/host-and-origin.md.

import { safeParse } from 'valibot';
import { upstreamHost } from '../../src/config/upstream-host.ts';
import type { Ledger } from './ledger.ts';
import { type Fields, isClosed, type Rule } from './paths/rules.ts';

/** It passed the visitor's Host on. */
export const AS_PUBLIC: Fields = { upstream_host: 'public' };

/** It wrote this one. `host`: the site's. */
export function calledFields(
  name: string | undefined,
  { host, about, ledger }: { readonly host: string | undefined; readonly about: string; readonly ledger: Ledger },
): Fields {
  if (name === undefined) return {};
  const called = name.toLowerCase().replace(/:(?:80|443)$/, '');
  if (called === host) return AS_PUBLIC;
  // A host name, none of the two words
  const parsed = safeParse(upstreamHost, called);
  if (parsed.success && /[.:]|^localhost$/.test(parsed.output)) return { upstream_host: parsed.output };
  ledger.note('lost', about, 'the Host that it wrote is no host name: the application is called by its own');
  return {};
}

export interface Called {
  readonly rules: readonly Rule[];
  readonly vars: Readonly<Record<string, string>>;
}

/** Where all rules say the same, it is the site's; a name stays at rules with an `upstream`, since UPSTREAM_HOST is no other's. */
export function settleUpstreamHost(rules: readonly Rule[], about: string, ledger: Ledger): Called {
  const names = new Set(rules.filter(({ fields }) => !isClosed(fields)).map(({ fields }) => fields['upstream_host']));
  const [called] = names;
  if ([...names].some((name) => name !== undefined)) noteHost(ledger, about);
  if (typeof called !== 'string' || names.size > 1) return { rules, vars: {} };
  const stays = ({ upstream }: Fields) => called !== 'public' && upstream !== undefined;
  return {
    rules: rules.map((rule) => (stays(rule.fields) ? rule : { ...rule, fields: withoutName(rule.fields) })),
    vars: { UPSTREAM_HOST: called },
  };
}

function withoutName({ upstream_host: _, ...fields }: Fields): Fields {
  return fields;
}

const noteHost = (ledger: Ledger, about: string): void =>
  ledger.note(
    'changed',
    about,
    'UPSTREAM_HOST (upstream_host of a rule) says that name: Origin, Referer and Destination agree with it. Host itself is that of the URL, unless something before the application writes it or the upstream is a binding. An application that knows neither X-Forwarded-Host nor its public name by a setting works without this line (docs/host-and-origin.md)',
  );
