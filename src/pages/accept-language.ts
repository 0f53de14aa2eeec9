// Which language a visitor reads: Accept-Language against the languages there are. One pass; malformed parts count for nothing.
// RFC 9110 §12.5.4 (weights, `*`), RFC 4647 §3.4 (a range stands for its primary language).

const RANGE = /^(?:\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)$/;
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

const parseRange = (part: string): { language: string; weight: number } | undefined => {
  const [range = '', parameter, ...more] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const weight = parameter === undefined ? '1' : WEIGHT.exec(parameter)?.[1];
  if (weight === undefined || more.length > 0 || !RANGE.test(range)) return undefined;
  return { language: range.split('-', 1)[0] as string, weight: Number(weight) };
};

/** The best of `available`; its first where the visitor asks for none of them. */
export const chooseLanguage = <Language extends string>(
  header: string | null,
  available: readonly [Language, ...Language[]],
): Language => {
  // Of equal weights the first one wins; a map keeps the order in which they came.
  const weights = new Map<string, number>();
  for (const part of (header ?? '').split(',')) {
    const range = parseRange(part);
    if (range) weights.set(range.language, Math.max(range.weight, weights.get(range.language) ?? 0));
  }
  const anyOther = available.find((language) => !weights.has(language));
  let best: Language = available[0];
  let bestWeight = 0;
  for (const [asked, weight] of weights) {
    const language = asked === '*' ? anyOther : available.find((one) => one === asked);
    if (language === undefined || weight <= bestWeight) continue;
    best = language;
    bestWeight = weight;
  }
  return best;
};
