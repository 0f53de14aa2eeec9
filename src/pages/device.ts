// A User-Agent header in words: browser and system, as far as it says so plainly. For the list of one's own sessions only.
// RFC 9110 §10.1.5. It is a claim, never a proof: nothing is decided by it.

export interface Device {
  readonly browser?: string;
  readonly system?: string;
}

/** The first that fits counts: most browsers also call themselves Chrome or Safari. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:Edg|EdgA|EdgiOS)\//, 'Edge'],
  [/\b(?:OPR|OPT|OPiOS)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ (?:Mobile\/\w+ )?Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPad\b/, 'iPadOS'],
  [/\b(?:iPhone|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X)\b/, 'macOS'],
  [/\b(?:Linux|X11)\b/, 'Linux'],
];

const nameIn = (table: typeof BROWSERS, ua: string) => table.find(([pattern]) => pattern.test(ua))?.[1];

export const describeUserAgent = (ua: string): Device => {
  // No honest header is longer, and a hostile one costs no more than this.
  const start = ua.slice(0, 512);
  const browser = nameIn(BROWSERS, start);
  const system = nameIn(SYSTEMS, start);
  return { ...(browser && { browser }), ...(system && { system }) };
};
