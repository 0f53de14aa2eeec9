// The policy once more, slow and plain, to compare the quick one with: all readings by brute force, rules as regular expressions.
// ARCHITECTURE §1 Routes, One request, every reading. Shares no code with src/policy/.

import type { Route } from '../../src/config/schema.ts';

export const DECODE = 'decode';

const ENCODED =
  /%[0-7][\da-f]|%[c-d][\da-f]%[89ab][\da-f]|%e[\da-f](%[89ab][\da-f]){2}|%f[0-7](%[89ab][\da-f]){3}|%u[\da-f]{4}/gi;

/** What a server may do to a path. */
export const SERVER_STEPS: Readonly<Record<string, (path: string) => string>> = {
  [DECODE]: (path) =>
    path.replace(ENCODED, (text) => {
      if (/^%u/i.test(text)) return String.fromCharCode(Number.parseInt(text.slice(2), 16));
      try {
        return decodeURIComponent(text);
      } catch {
        return text;
      }
    }),
  collapse: (path) => path.replace(/\/\/+/g, '/'),
  turn: (path) => path.split('\\').join('/'),
  unparameter: (path) =>
    path
      .split('/')
      .map((segment) => segment.split(';')[0])
      .join('/'),
  cutQuery: (path) => path.replace(/\?.*/su, ''),
  cutFragment: (path) => path.replace(/#.*/su, ''),
  resolve: (path) => {
    // RFC 3986 §5.2.4, by rewriting
    let rest = path;
    for (;;) {
      const next = rest
        .replace(/\/\.(\/|$)/, '/')
        .replace(/^((?:\/(?!\.\.?(?:\/|$))[^/]*)*?)\/(?!\.\.?(?:\/|$))[^/]*\/\.\.(\/|$)/, '$1/');
      if (next === rest) return rest;
      rest = next;
    }
  },
  trim: (path) =>
    path
      .split('/')
      .map((segment) => (/^\.\.?\s*$/.test(segment) ? segment.trimEnd() : segment.replace(/[.\s]*$/, '')))
      .join('/'),
};

const NONSENSE = /\p{Cc}|^(?:\/\.)*\/\.\.(?:\/|$)/u;

/** All paths that any sequence of steps reaches, with one decoding at least; `undefined`: nonsense. */
export function slowReadings(path: string): ReadonlySet<string> | undefined {
  if (/%(?![\da-f]{2})/i.test(path) || !isUtf8(path)) return undefined;
  const raw = closure([path], false);
  const read = closure(
    [...raw].flatMap((each) => [decode(each), decode(withSlashesKept(each))]),
    true,
  );
  return [...raw, ...read].some((each) => NONSENSE.test(each) || isOverlong(each)) ? undefined : read;
}

function closure(paths: readonly string[], decodes: boolean): Set<string> {
  const found = new Set(paths);
  for (const path of found) {
    for (const [name, step] of Object.entries(SERVER_STEPS)) if (decodes || name !== DECODE) found.add(step(path));
    if (decodes) found.add(decode(withSlashesKept(path)));
    if (found.size > 2000) throw new Error('a path too hostile for the slow model');
  }
  return found;
}

const decode = SERVER_STEPS[DECODE] as (path: string) => string;
const withSlashesKept = (path: string) => path.replaceAll(/%2f/gi, '%252F');

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isOverlong(path: string): boolean {
  return /%c[01]%[89ab]|%e0%[89][\da-f]%[89ab]|%f0%8[\da-f]%[89ab]/i.test(path);
}

export type SlowVerdict = 'nonsense' | 'refuse' | 'step-up' | 'sign-in' | 'allow';

const ORDER: readonly SlowVerdict[] = ['allow', 'sign-in', 'step-up', 'refuse', 'nonsense'];

export interface SlowCaller {
  readonly roles: readonly string[];
  readonly amr: readonly string[];
}

export function slowDecision(routes: readonly Route[], method: string, path: string, who?: SlowCaller): SlowVerdict {
  const readings = slowReadings(path);
  if (!readings) return 'nonsense';
  const verdicts = [...readings].flatMap((reading) => [
    slowVerdict(
      routes.find((rule) => isSlowMatch(rule, method, reading, 'su')),
      who,
    ),
    slowVerdict(
      routes.find((rule) => isSlowMatch(rule, method, reading, 'isu')),
      who,
    ),
  ]);
  return verdicts.reduce((strictest, each) => (ORDER.indexOf(each) > ORDER.indexOf(strictest) ? each : strictest));
}

function isSlowMatch({ path, methods, mode }: Route, method: string, reading: string, flags: string): boolean {
  if (mode === 'report' || (methods && !methods.includes(method))) return false;
  const end = path.endsWith('/*') ? '(/.*)?' : '/?';
  const written = path.replace(/\/\*?$/, '');
  const source = written.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}${end}$`, flags).test(reading);
}

function slowVerdict(rule: Route | undefined, who: SlowCaller | undefined): SlowVerdict {
  if (rule?.access === 'public') return 'allow';
  if (rule?.access === 'deny') return 'refuse';
  if (!who) return 'sign-in';
  if (rule?.roles && !rule.roles.some((role) => who.roles.includes(role))) return 'refuse';
  return rule?.amr?.some((method) => !who.amr.includes(method)) ? 'step-up' : 'allow';
}
