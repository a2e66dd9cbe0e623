// Colour arithmetic in OKLCH, where a step in lightness looks like the same step for every hue.
// Formulas: https://bottosson.github.io/posts/oklab/ and WCAG 2.2 for contrast.

/** Red, green and blue from 0 to 1, as they stand in a style sheet. */
export type Rgb = readonly [number, number, number];

/** Lightness 0 to 1, chroma, hue in radians. */
export type Oklch = { readonly l: number; readonly c: number; readonly h: number };

const to_linear = (part: number): number =>
  part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
const from_linear = (part: number): number =>
  part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055;

/** Nothing where the text is not `#rgb` or `#rrggbb`. */
export function parseHex(text: string): Rgb | undefined {
  const short = text.trim().replace(/^#(\w)(\w)(\w)$/, "#$1$1$2$2$3$3");
  const parts = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(short);
  if (!parts) {
    return undefined;
  }
  const [r = 0, g = 0, b = 0] = parts.slice(1).map((part) => parseInt(part, 16) / 255);
  return [r, g, b];
}

export function toHex(rgb: Rgb): string {
  const part = (value: number) =>
    Math.round(Math.min(1, Math.max(0, value)) * 255).toString(16).padStart(2, "0");
  return `#${rgb.map(part).join("")}`;
}

export function toOklch(rgb: Rgb): Oklch {
  const [r, g, b] = rgb.map(to_linear) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const across = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const along = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    c: Math.hypot(across, along),
    h: Math.atan2(along, across),
  };
}

function linearOf({ l, c, h }: Oklch): Rgb {
  const [across, along] = [c * Math.cos(h), c * Math.sin(h)];
  const x = (l + 0.3963377774 * across + 0.2158037573 * along) ** 3;
  const y = (l - 0.1055613458 * across - 0.0638541728 * along) ** 3;
  const z = (l - 0.0894841775 * across - 1.291485548 * along) ** 3;
  return [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ];
}

const SLACK = 1e-4;
const shows = (rgb: Rgb): boolean => rgb.every((part) => part >= -SLACK && part <= 1 + SLACK);

/** The nearest colour that a screen can show: the same lightness and hue with less chroma. */
export function toRgb(colour: Oklch): Rgb {
  let [low, high] = [0, colour.c];
  if (!shows(linearOf(colour))) {
    for (let step = 0; step < 12; step++) {
      const middle = (low + high) / 2;
      const fits = shows(linearOf({ ...colour, c: middle }));
      [low, high] = fits ? [middle, high] : [low, middle];
    }
    high = low;
  }
  const clip = (part: number) => from_linear(Math.min(1, Math.max(0, part)));
  return linearOf({ ...colour, c: high }).map(clip) as unknown as Rgb;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map(to_linear) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
