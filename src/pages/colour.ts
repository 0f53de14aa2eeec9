// Colours made from the brand colour: text that can be read on it, and shades of it that can be read on light and on dark ground.
// WCAG 2.2 §1.4.3 (contrast 4.5:1), relative luminance as defined there.

type Rgb = readonly number[];

const DEFAULT_BRAND = '#0f6b66';
const WEIGHTS = [0.2126, 0.7152, 0.0722];
/** Each of the three channels of black and of white. */
const BLACK = 0;
const WHITE = 255;
/** The least favourable ground of each scheme in style.ts. */
const LIGHT_GROUND: Rgb = [238, 241, 244];
const DARK_GROUND: Rgb = [38, 44, 52];

const parseHex = (colour: string): Rgb | undefined => {
  if (!/^#([0-9a-f]{3}){1,2}$/i.test(colour)) return undefined;
  const number = Number.parseInt(colour.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3').slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
};

const luminance = (colour: Rgb) =>
  colour.reduce((sum, channel, index) => {
    const part = channel / 255;
    return sum + (WEIGHTS[index] as number) * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0.05);

export const contrast = (one: Rgb, other: Rgb): number => {
  const ratio = luminance(one) / luminance(other);
  return Math.max(ratio, 1 / ratio);
};

const mix = (from: Rgb, end: number, share: number): Rgb =>
  from.map((channel) => Math.round(channel + (end - channel) * share));

/** The nearest shade towards black or white that can be read on `ground`. */
const readableOn = (ground: Rgb, colour: Rgb, end: number): Rgb => {
  let shade = colour;
  for (let share = 0; share < 1 && contrast(shade, ground) < 4.5; share += 0.05) shade = mix(colour, end, share);
  return shade;
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
    onBrand: luminance(brand) < 0.229 ? '#fff' : '#000',
    accentLight: toHex(readableOn(LIGHT_GROUND, brand, BLACK)),
    accentDark: toHex(readableOn(DARK_GROUND, brand, WHITE)),
  };
};
