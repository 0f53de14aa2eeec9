// Lists of oauth2-proxy: a list in a file, a text with commas anywhere else.

import { textsOf } from '../formats/structured.ts';

export const listFrom = (value: unknown): readonly string[] =>
  typeof value === 'string' ? textsOf(value.split(',')) : textsOf(value);
