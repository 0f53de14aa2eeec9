// Kinds of values that a site may have of its own, as well as the whole gateway: ids, names of roles, the brand.
// ARCHITECTURE §1, §7 Sites.

import { maxLength, pipe, regex, transform } from 'valibot';
import { matching, table, text, Wanted } from './values.ts';

/** Older client ids hold the name of their project, so all visible letters and signs are taken. */
export const clientId = matching(/^(?!\s)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+(?<!\s)$/u, 'an id as ZITADEL shows it');
/** The id becomes part of a scope, and blanks separate scopes. */
export const id = matching(/^[^\s\p{Cc}\p{Cs}]+$/u, 'an id as ZITADEL shows it, without blanks');

export const roleMap = table('a table of ZITADEL role keys and names', (role, name) =>
  role !== '' && typeof name === 'string' && name.trim() !== ''
    ? name.trim()
    : new Wanted('the name by which the application knows the role'),
);

const NAME = 'a name of at most 80 characters';

export const nameOfBrand = pipe(
  matching(/^\P{Cc}+$/u, NAME),
  transform((name) => name.trim()),
  maxLength(80, NAME),
);

const hexColor = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i;

export const brandColor = pipe(text('a colour'), regex(hexColor, 'a colour: # and 3 or 6 hexadecimal digits'));

export const brandLogo = text('an https:// URL or a path');
