// What changes from one release to another: settings by name, and what is asked of the platform.

import type { Migration, Release, Setting, Settings } from './release.ts';

export type SettingKind = 'variable' | 'field' | 'site field' | 'binding';

export type Change =
  | { readonly change: 'new'; readonly name: string; readonly of: SettingKind; readonly setting: Setting }
  | { readonly change: 'removed'; readonly name: string; readonly of: SettingKind }
  | { readonly change: 'renamed'; readonly name: string; readonly of: SettingKind; readonly to: string }
  | {
      readonly change: 'kind' | 'default' | 'required';
      readonly name: string;
      readonly of: SettingKind;
      readonly from: string;
      readonly to: string;
    };

export interface Differences {
  readonly settings: readonly Change[];
  readonly compatibilityDate?: Pair;
  readonly wrangler?: Pair;
  readonly node?: Pair;
  /** Those that only the one to come has. */
  readonly migrations: readonly Migration[];
}

export interface Pair {
  readonly from: string;
  readonly to: string;
}

export function compareReleases(from: Release, to: Release): Differences {
  const { variables, fields, siteFields = {} } = to.renamed;
  return {
    settings: [
      ...compareSettings('variable', from.variables, to.variables, variables),
      ...compareSettings('field', from.fields, to.fields, fields),
      ...compareSettings('site field', from.siteFields ?? {}, to.siteFields ?? {}, siteFields),
      ...compareSettings('binding', from.bindings, to.bindings, {}),
    ],
    ...pair('compatibilityDate', from.compatibilityDate, to.compatibilityDate),
    ...pair('wrangler', from.tools.wrangler, to.tools.wrangler),
    ...pair('node', from.tools.node, to.tools.node),
    migrations: to.migrations.filter(({ tag }) => !from.migrations.some((other) => other.tag === tag)),
  };
}

const pair = (name: string, from: string, to: string) => (from === to ? {} : { [name]: { from, to } });

function compareSettings(
  of: SettingKind,
  from: Settings,
  to: Settings,
  renamed: Readonly<Record<string, string>>,
): readonly Change[] {
  const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name));
  const removed = gone.map((name): Change => {
    const next = Object.hasOwn(renamed, name) ? renamed[name] : undefined;
    return next === undefined ? { change: 'removed', name, of } : { change: 'renamed', name, of, to: next };
  });
  const successors = removed.flatMap((each) => (each.change === 'renamed' ? [each.to] : []));
  const kept = Object.entries(to).flatMap(([name, setting]): readonly Change[] => {
    const before = Object.hasOwn(from, name) ? from[name] : undefined;
    if (before) return compareSetting(of, name, before, setting);
    return successors.includes(name) ? [] : [{ change: 'new', name, of, setting }];
  });
  return [...removed, ...kept];
}

function compareSetting(of: SettingKind, name: string, from: Setting, to: Setting): readonly Change[] {
  const required = (setting: Setting) => (setting.isRequired ? 'required' : 'optional');
  const rows = [
    ['kind', from.kind, to.kind],
    ['required', required(from), required(to)],
    ['default', from.default ?? 'none', to.default ?? 'none'],
  ] as const;
  return rows.flatMap(([change, before, after]) =>
    before === after ? [] : [{ change, name, of, from: before, to: after }],
  );
}
