// The names of everything that is set in a tree, as a path of keys; lists don't count. `routes.policy.allow` of every route is one name.

import { isTable } from '../../../src/config/values.ts';

export function flattenKeys(
  tree: unknown,
  isLeaf: (name: string) => boolean = () => false,
): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>();
  const visit = (value: unknown, name: string): void => {
    if (Array.isArray(value) && value.some((each) => isTable(each))) for (const each of value) visit(each, name);
    else if (isTable(value) && !isLeaf(name)) {
      for (const [key, inner] of Object.entries(value)) visit(inner, name === '' ? key : `${name}.${key}`);
    } else if (name !== '' && value !== null) names.set(name, value);
  };
  visit(tree, '');
  return names;
}
