// Which language a visitor reads, and of which region: Accept-Language against the languages there are. Malformed parts count for nothing.
// RFC 9110 §12.5.4 (weights, `*`), RFC 4647 §3.4 (lookup). What is not there is passed over for the next in the visitor's list.

const RANGE = /^(?:\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)$/;
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Where a language is there more than once: who reads which; the first that fits counts. As Unicode's CLDR has it: `pt` alone is Brazil's,
 * every other region of Portuguese follows Portugal; Chinese without script or region is simplified.
 */
const VARIANTS: readonly (readonly [RegExp, string])[] = [
  [/^de-(?:.+-)?(?:ch|li)\b/, 'de-CH'],
  [/^pt(?:-latn)?(?:-br\b|$)/, 'pt-BR'],
  [/^pt\b/, 'pt-PT'],
  [/^zh-(?:.+-)?hans\b/, 'zh-Hans'],
  [/^zh-(?:.+-)?(?:hant|tw|hk|mo)\b/, 'zh-Hant'],
  [/^zh\b/, 'zh-Hans'],
];

const REGION = /^[a-z]+(?:-[a-z]{4})?-([a-z]{2}|\d{3})(?:-|$)/;

const parseRange = (part: string): { range: string; weight: number } | undefined => {
  const [range = '', parameter, ...more] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const weight = parameter === undefined ? '1' : WEIGHT.exec(parameter)?.[1];
  if (weight === undefined || more.length > 0 || !RANGE.test(range)) return undefined;
  return { range, weight: Number(weight) };
};

const readIn = <Language extends string>(range: string, available: readonly Language[]): Language | undefined => {
  const variant = VARIANTS.find(([pattern]) => pattern.test(range))?.[1];
  const names = [variant, range.split('-', 1)[0]];
  return available.find((language) => language === names[0]) ?? available.find((language) => language === names[1]);
};

/** The language as it is written where the visitor lives: `en` and `en-gb` are `en-GB`. */
const localeOf = (language: string, range: string): string => {
  const region = REGION.exec(range)?.[1];
  return region === undefined ? language : `${language.replace(/-[A-Z]{2}$/, '')}-${region.toUpperCase()}`;
};

export interface Choice<Language> {
  readonly language: Language;
  /** For times: the language with the visitor's region, where they name one. */
  readonly locale: string;
}

/** The best of `available`; its first where the visitor asks for none of them. */
export const chooseLanguage = <Language extends string>(
  header: string | null,
  available: readonly [Language, ...Language[]],
): Choice<Language> => {
  // A map keeps the order in which languages came, which decides between equal weights.
  const asked = new Map<Language | '*', { weight: number; locale: string }>();
  for (const part of (header ?? '').split(',')) {
    const { range, weight } = parseRange(part) ?? { range: '', weight: 0 };
    const language = range === '*' ? '*' : readIn(range, available);
    if (language === undefined || weight < (asked.get(language)?.weight ?? 0)) continue;
    if (weight !== asked.get(language)?.weight) asked.set(language, { weight, locale: localeOf(language, range) });
  }
  let best: Choice<Language> = { language: available[0], locale: available[0] };
  let bestWeight = 0;
  for (const [name, { weight, locale }] of asked) {
    const language = name === '*' ? available.find((one) => !asked.has(one)) : name;
    if (language === undefined || weight <= bestWeight) continue;
    best = { language, locale: name === '*' ? language : locale };
    bestWeight = weight;
  }
  return best;
};
