// From a draft to the text of wrangler.toml, by the template of an operator's folder; rules that are too long for a variable, or that a
// postern.toml is there for, to that of postern.toml. docs/configuration.md, "Where it stands".

import { withPublicHost } from '../init/scaffold.ts';
import { deployedBytes, SAFE_BYTES } from '../installation/limits.ts';
import { setVariable } from '../setup/toml-text.ts';
import type { Draft } from './draft.ts';
import type { Note } from './ledger.ts';
import { type Rule, withoutEnd } from './paths/rules.ts';
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
  const tables = Object.entries(draft.vars).filter(([, value]) => typeof value === 'object');
  const plain = Object.entries(draft.vars).filter(([, value]) => typeof value !== 'object');
  const isLong =
    deployedBytes(rules.map(routeOf)) > SAFE_BYTES || tables.some(([, value]) => deployedBytes(value) > SAFE_BYTES);
  const lists = [
    ...tables.map(([name, value]) => `[vars.${name}]\n${writeTable(value)}`),
    ...rules.map(writeRule),
  ].join('\n');
  const head = fillTemplate(frame, String(draft.vars['ZITADEL_CALLBACK_URL']));
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
function fillTemplate({ template, name, compatibilityDate }: Frame, callback: string): string {
  const head = template.slice(template.indexOf('\nname =') + 1, template.indexOf('# Every setting:'));
  const named = setVariable(setVariable(head, '', 'name', name), '', 'compatibility_date', compatibilityDate);
  return withPublicHost(named, callback);
}

/** Lists of lists are no tables. */
const writeTable = (value: unknown): string =>
  Object.entries(value as object)
    .map(([key, each]) => `${writeValue({ [key]: each }).slice(2, -2)}\n`)
    .join('');

const routeOf = ({ path, methods, fields }: Rule) => ({ path, ...(methods && { methods }), ...fields });

function writeRule({ why, ...rule }: Rule): string {
  const lines = Object.entries(routeOf(rule)).map(([key, value]) => `${key} = ${writeValue(value)}\n`);
  return `${why === undefined ? '' : writeComment(why)}[[vars.ROUTES]]\n${lines.join('')}`;
}
