// Colours from one brand colour: readable on it, and readable itself on light and on dark ground, whatever the operator chose.
// WCAG 2.2 §1.4.3 (contrast 4.5:1), relative luminance as defined there.

type Rgb = readonly [number, number, number];

const DEFAULT_BRAND = '#0f6b66';
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
/** The least favourable ground of each scheme in style.ts. */
const LIGHT_GROUND: Rgb = [238, 241, 244];
const DARK_GROUND: Rgb = [38, 44, 52];

const parseHex = (colour: string): Rgb | undefined => {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  const digits = short ? short.slice(1).map((digit) => digit + digit) : /^#(..)(..)(..)$/.exec(colour)?.slice(1);
  const [red, green, blue] =
    digits?.map((pair) => (/^[0-9a-f]{2}$/i.test(pair) ? Number.parseInt(pair, 16) : -1)) ?? [];
  if (red === undefined || green === undefined || blue === undefined || Math.min(red, green, blue) < 0)
    return undefined;
  return [red, green, blue];
};

const luminance = ([red, green, blue]: Rgb) => {
  const linear = (channel: number) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
};

export const contrast = (one: Rgb, other: Rgb): number => {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
};

const mix = (from: Rgb, to: Rgb, share: number): Rgb => {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
};

/** The nearest shade towards `end` that can be read on `ground`. */
const readableOn = (ground: Rgb, colour: Rgb, end: Rgb): Rgb => {
  for (let share = 0; share < 1; share += 0.05) {
    const shade = mix(colour, end, share);
    if (contrast(shade, ground) >= 4.5) return shade;
  }
  return end;
};

const toHex = (colour: Rgb) => `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;

export interface Palette {
  readonly brand: string;
  /** Text on the brand colour. */
  readonly onBrand: string;
  /** The brand colour as text and outline, on light and on dark ground. */
  readonly accentLight: string;
  readonly accentDark: string;
}

/** `#rgb` or `#rrggbb`; anything else, and nothing, is the default colour. */
export const createPalette = (colour = DEFAULT_BRAND): Palette => {
  const brand = parseHex(colour) ?? (parseHex(DEFAULT_BRAND) as Rgb);
  return {
    brand: toHex(brand),
    onBrand: toHex(contrast(WHITE, brand) >= contrast(BLACK, brand) ? WHITE : BLACK),
    accentLight: toHex(readableOn(LIGHT_GROUND, brand, BLACK)),
    accentDark: toHex(readableOn(DARK_GROUND, brand, WHITE)),
  };
};
