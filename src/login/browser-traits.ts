// What tells browsers apart beside their cookies, which somebody else may have put there: where the edge sees a browser, and what it
// says of itself.

const TRAITS = [
  'cf-connecting-ip',
  'user-agent',
  'accept-language',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
];
const MAX_TRAIT = 300;

/** Two browsers may have the same; one browser has another once it is elsewhere, or updated. */
export function browserOf(headers: Headers): string {
  return TRAITS.map((name) => (headers.get(name) ?? '').slice(0, MAX_TRAIT)).join('\n');
}
