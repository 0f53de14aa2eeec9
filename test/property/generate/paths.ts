// Paths as browsers never write them and attackers do: encodings of encodings, parameters, dots, slashes of every kind.

import fc from 'fast-check';
import { mutated } from './text.ts';

const PIECES = [
  ...['/', '/', '/', '//', '/admin', '/a', '/x', 'a', 'n', '.', '..', '/..', '/.', '%2f', '%2F', '%5c', '\\', ';v=1'],
  ...[';', '%3b', '..;', '%61', '%2561', '%252f', '%25', '%20', ' ', '%2e', '%2E%2e', 'Admin', 'ADMIN', '%C3%A4'],
  ...['%C3%84', 'ä', '%25c3%25a4', 'b', 'a.b', '%00', '%', '%41', '%2', '61', '%u002f', 'u0061', '%25ff', '%253b', 'ı'],
  ...['%3f', '%23', '%253F', '%2523'],
];

export const path = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 })
  .map((pieces) => `/${pieces.join('')}`);

export const longPath = mutated(['/admin/a', '/a/%2e%2e;x/%252fb//c', '/x/..;/a', '/ä/%25%2561 /b.'], PIECES).map(
  (text) => (text.startsWith('/') ? text : `/${text}`),
);

const BYTES = ['%E9', '%e4', '%C4', '%FF', '%A0', '%85', '%C3', '%C0%AF', '%C0%AE', '%e0%80%ae', '%ED%A0%80', '%95%5C'];

/** With bytes that are no UTF-8, and all else encoded as URLs have it. */
export const bytePath = fc
  .array(fc.constantFrom(...PIECES, ...BYTES, ...BYTES, '%25E4', '%25C0%25AF'), { minLength: 1, maxLength: 7 })
  .map((pieces) => `/${pieces.join('')}`.replace(/[^ -~]/g, encodeURIComponent));
