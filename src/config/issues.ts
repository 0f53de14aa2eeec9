// What is wrong with a configuration, in words for the operator: which variable, what was found, what is wanted, an example.
// A secret is described by its length only; so is whatever might be one.

export interface ConfigIssue {
  /** The variable's name; for a part of it with the place: `ROUTES, route 2, methods`. */
  readonly variable: string;
  readonly found: string;
  readonly wanted: string;
  readonly example: string;
}

/** Routes are counted from 1, as operators count. */
export const placeOfRoute = (index: number, field?: string): string =>
  `, route ${index + 1}${field === undefined ? '' : `, ${field}`}`;

export const placeOfSite = (index: number, field?: string): string =>
  `, site ${index + 1}${field === undefined ? '' : `, ${field}`}`;

const LONGEST = 120;
const LOOKS_SECRET = /PRIVATE KEY|"d"\s*:/;

/** A value as the operator may see it: shortened, without the user and password of a URL. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a binding';
  if (typeof value !== 'string' && !isPlain(value)) return 'a binding';
  const text = JSON.stringify(value);
  if (LOOKS_SECRET.test(typeof value === 'string' ? value : text)) return describeSecret(value);
  const harmless = text.replace(/\/\/[^\s"]*@/g, '//…@');
  return harmless.length > LONGEST ? `${harmless.slice(0, LONGEST)}…` : harmless;
}

export function describeSecret(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? `a value of ${value.length} characters` : `a value that is ${kindOf(value)}`;
}

export function formatIssue({ variable, found, wanted, example }: ConfigIssue): string {
  return `${variable}: found ${found}; wanted ${wanted}${example === '' ? '' : `; for example ${example}`}`;
}

/** JSON data, as a variable can be; bindings are instances of classes, and stand-ins for them have methods. */
export function isPlain(value: unknown): boolean {
  if (value === null || Array.isArray(value)) return true;
  if (typeof value !== 'object') return typeof value !== 'function';
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return false;
  return !Object.values(value as object).some((member) => typeof member === 'function');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return isPlain(value) ? 'a table' : 'a binding';
  return typeof value === 'function' ? 'a binding' : `a ${typeof value}`;
}
