// Recognizes a browser without its cookies, which somebody else may have planted: by its address as the edge sees it, and by the
// headers in which it describes itself.

const TRAITS = [
  'cf-connecting-ip',
  'user-agent',
  'accept-language',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
];
const MAX_TRAIT = 300;

/** Not unique: two browsers may have the same text. And it changes when the browser moves or is updated. */
export function browserOf(headers: Headers): string {
  return TRAITS.map((name) => (headers.get(name) ?? '').slice(0, MAX_TRAIT)).join('\n');
}
