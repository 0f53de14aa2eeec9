// Which of two versions is newer.
// Semantic Versioning 2.0.0 §9 (pre-release), §10 (build metadata has no say), §11 (precedence).

const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*))?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/;

interface Parsed {
  readonly core: readonly string[];
  /** Empty: a release. */
  readonly pre: readonly string[];
}

function parse(version: string): Parsed {
  const found = VERSION.exec(version);
  if (!found) throw new RangeError(`no version: ${version}`);
  return { core: found.slice(1, 4), pre: found[4]?.split('.') ?? [] };
}

export const isVersion = (text: string): boolean => VERSION.test(text);

/** Below 0 where `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [parse(a), parse(b)];
  const core = compareLists(one.core, other.core);
  if (core !== 0) return core;
  // A release is newer than what led to it
  if (one.pre.length === 0 || other.pre.length === 0) return other.pre.length - one.pre.length;
  return compareLists(one.pre, other.pre);
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareParts(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareParts(a: string, b: string): number {
  const isNumber = (part: string) => /^\d+$/.test(part);
  // Compared as text, since they may be too large for a number: of two numbers the longer one is greater
  if (isNumber(a) && isNumber(b)) return a.length - b.length || Number(a > b) - Number(a < b);
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return Number(a > b) - Number(a < b);
}
