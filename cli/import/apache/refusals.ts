// What Apache refuses outside of Require: RewriteRule with [F] or [G], Redirect and RedirectMatch with a status of 4xx.
// httpd: mod_rewrite (a condition stands before its rule), mod_alias.

import { judgePath } from '../../../src/config/route-path.ts';
import { Wanted } from '../../../src/config/values.ts';
import type { Directive } from '../formats/apache.ts';
import { pathsOfRegex } from '../paths/regex-paths.ts';
import { CLOSED, EVERYWHERE, type Rule } from '../paths/rules.ts';

/** What depends on a condition is added to `unknown`: to whom it is refused can't be told. */
export function refusalRules(directives: readonly Directive[], unknown: string[]): readonly Rule[] {
  return directives.flatMap(({ name, title, args, body }, index) => {
    const about = `${title} ${args.slice(0, 3).join(' ')}`;
    if (body !== undefined) return name === 'location' || name === 'virtualhost' ? refusalRules(body, unknown) : [];
    const refused = refusedBy(name, args);
    if (refused === undefined) return [];
    if (directives[index - 1]?.name === 'rewritecond') {
      unknown.push(about);
      return [];
    }
    return refused.map((path) => ({ path, fields: CLOSED, why: about }));
  });
}

/** `undefined`: nothing. */
function refusedBy(
  name: string,
  [first = '', second = '', third = '']: readonly string[],
): readonly string[] | undefined {
  if (name === 'rewriterule' && /\b(?:F|forbidden|G|gone)\b/.test(third)) {
    return first.startsWith('!') ? [EVERYWHERE] : pathsOfRegex(first).around;
  }
  if (!/^(?:4\d\d|gone)$/.test(first)) return undefined;
  if (name === 'redirectmatch') return pathsOfRegex(second).around;
  if (name !== 'redirect') return undefined;
  const path = `${second.replace(/\/+$/, '')}/*`;
  return [judgePath(path) instanceof Wanted ? EVERYWHERE : path];
}
