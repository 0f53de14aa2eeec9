// A User-Agent header in words: browser and system, as far as it says so plainly. For the list of one's own sessions only.
// RFC 9110 §10.1.5. It is a claim, never a proof: nothing is decided by it.

export interface Device {
  readonly browser?: string;
  /** The browser's, as far as its first dot. */
  readonly version?: string;
  readonly system?: string;
}

type Names = readonly (readonly [RegExp, string])[];

/** The first that fits counts: most browsers also call themselves Chrome or Safari. */
const BROWSERS: Names = [
  [/\b(?:Edg|EdgA|EdgiOS)\/(\d*)/, 'Edge'],
  [/\b(?:OPR|OPT|OPiOS)\/(\d*)/, 'Opera'],
  [/\bSamsungBrowser\/(\d*)/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d*)/, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome|Chromium)\/(\d*)/, 'Chrome'],
  [/\bVersion\/(\d*)(?:\.[\d.]*)? (?:Mobile\/\w+ )?Safari\//, 'Safari'],
];

const SYSTEMS: Names = [
  [/\biPad\b/, 'iPadOS'],
  [/\b(?:iPhone|iPod)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X)\b/, 'macOS'],
  [/\b(?:Linux|X11)\b/, 'Linux'],
];

const findIn = (table: Names, ua: string) => {
  for (const [pattern, name] of table) {
    const found = pattern.exec(ua);
    if (found) return { name, version: found[1] };
  }
  return undefined;
};

export const describeUserAgent = (ua: string): Device => {
  // No honest header is longer, and a hostile one costs no more than this.
  const start = ua.slice(0, 512);
  const browser = findIn(BROWSERS, start);
  const system = findIn(SYSTEMS, start);
  return {
    ...(browser && { browser: browser.name }),
    ...(browser?.version && { version: browser.version.slice(0, 4) }),
    ...(system && { system: system.name }),
  };
};
