// From a draft to the text of wrangler.toml, by the template of an operator's folder; rules that are too long for a variable, or that a
// postern.toml is there for, to that of postern.toml. docs/configuration.md, "Where it stands".

import { withPublicHost } from '../init/scaffold.ts';
import { deployedBytes, SAFE_BYTES } from '../installation/limits.ts';
import { setVariable } from '../setup/toml-text.ts';
import { entryOf, routesOf } from './check.ts';
import type { Draft, Site } from './draft.ts';
import type { Note } from './ledger.ts';
import { isClosed, type Rule, withoutEnd } from './paths/rules.ts';
import { writeComment, writeValue } from './toml.ts';

export interface Deployment {
  readonly wrangler: string;
  /** Missing where everything stands in wrangler.toml. */
  readonly postern: string | undefined;
}

export interface Frame {
  /** templates/operator/wrangler.toml */
  readonly template: string;
  readonly compatibilityDate: string;
  readonly name: string;
  /** `oauth2-proxy: oauth2-proxy.cfg` */
  readonly from: string;
  /** There is one already, whose tables would meet those of wrangler.toml. */
  readonly hasPosternFile: boolean;
}

export function writeDeployment(draft: Draft, frame: Frame): Deployment {
  const rules = withoutEnd(draft.rules);
  const isTableOf = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
  const tables = Object.entries(draft.vars).filter(([, value]) => isTableOf(value));
  const plain = Object.entries(draft.vars).filter(([, value]) => !isTableOf(value));
  const { sites = [] } = draft;
  const isLong =
    deployedBytes(routesOf(rules)) > SAFE_BYTES ||
    deployedBytes(sites.map(entryOf)) > SAFE_BYTES ||
    tables.some(([, value]) => deployedBytes(value) > SAFE_BYTES);
  const lists = [
    ...tables.map(([name, value]) => `[vars.${name}]\n${writeTable(value)}`),
    ...rules.map((rule) => writeRule(rule, 'vars.ROUTES')),
    ...sites.map(writeSite),
  ].join('\n');
  const callback = String(draft.vars['ZITADEL_CALLBACK_URL']);
  const head = withPublicHost(
    fillTemplate(frame),
    callback,
    // The domain of a host that is closed stays whose it is.
    sites.filter(({ rules: own }) => !own.every(({ fields }) => isClosed(fields))).map(({ host }) => host),
  );
  const vars = plain.map(([name, value]) => `${name} = ${writeValue(value)}\n`).join('');
  const origin = writeComment(
    `Imported from ${frame.from}. \`npx postern explain\` says what the rules make of a request.`,
  );
  const closed = draft.notes
    .filter(({ kind }) => kind === 'closed')
    .map(writeNote)
    .join('');
  const todo = closed === '' ? '' : `#\n${writeComment('Closed, or narrower than before:')}${closed}`;
  const listsHere = frame.hasPosternFile || isLong ? '' : lists;
  const wrangler = `${origin}${todo}\n${head}[vars]\n${vars}${listsHere === '' ? '' : `\n${listsHere}`}`;
  return {
    wrangler,
    postern:
      listsHere === '' && (lists !== '' || frame.hasPosternFile) && (frame.hasPosternFile || isLong)
        ? `${origin}\n${lists}`
        : undefined,
  };
}

const writeNote = ({ about, text }: Note): string => writeComment(`  ${about}: ${text}`);

/** All of the template but its variables and what follows them. */
function fillTemplate({ template, name, compatibilityDate }: Frame): string {
  const head = template.slice(template.indexOf('\nname =') + 1, template.indexOf('# Every setting:'));
  return setVariable(setVariable(head, '', 'name', name), '', 'compatibility_date', compatibilityDate);
}

/** Lists of lists are no tables. */
const writeTable = (value: unknown): string =>
  Object.entries(value as object)
    .map(([key, each]) => `${writeValue({ [key]: each }).slice(2, -2)}\n`)
    .join('');

const writeLines = (fields: object): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key} = ${writeValue(value)}\n`)
    .join('');

function writeRule({ path, methods, fields, why }: Rule, table: string): string {
  const lines = writeLines({ path, ...(methods && { methods }), ...fields });
  return `${why === undefined ? '' : writeComment(why)}[[${table}]]\n${lines}`;
}

function writeSite({ host, fields, rules, why }: Site): string {
  const routes = withoutEnd(rules).map((rule) => `\n${writeRule(rule, 'vars.SITES.routes')}`);
  return `${why === undefined ? '' : writeComment(why)}[[vars.SITES]]\n${writeLines({ host, ...fields })}${routes.join('')}`;
}
