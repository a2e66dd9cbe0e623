// The shop gives one colour; what has to be legible is computed from it, for light and for dark.
// The mode stands in data-theme of the root, so that each colour is written once in tokens.css:
// light-dark() is younger than the browsers that we serve.
import { contrast, parseHex, toHex, toOklch, toRgb, type Oklch, type Rgb } from "./colour.ts";

export type Theme = "auto" | "light" | "dark";
export type Mode = "light" | "dark";

export type Look = {
  readonly theme: Theme;
  /** `#rrggbb`; anything else leaves the colours of tokens.css. */
  readonly accent: string;
};

export type AccentColours = {
  /** The shop's colour, kept as it is wherever words can be read on it. */
  readonly accent: string;
  readonly onAccent: string;
  /** The edge of what is filled with the accent: a pale accent has one of its own. */
  readonly accentEdge: string;
  /** Words, icons and focus rings of that colour on paper. */
  readonly accentInk: string;
};

const TEXT = 4.5;
const CONTROL = 3;
/** White words are usual on colours; for a small lack the colour is darkened under them. */
const NEARLY_TEXT = 3.9;
/** Rounding to 8 bits must not take away what was reached. */
const MARGIN = 0.05;
const STEP = 0.005;
const WHITE: Rgb = [1, 1, 1];

type Ground = {
  /** What lies under words and controls, as in tokens.css. */
  readonly papers: readonly string[];
  /** Lightness that an accent keeps: pure black nowhere, and no hole in the dark. */
  readonly least: number;
  readonly away: 1 | -1;
};

export const grounds: Record<Mode, Ground> = {
  light: { papers: ["#ffffff", "#eff3f2"], least: 0.2, away: -1 },
  dark: { papers: ["#161b1a", "#232b29", "#1d2423"], least: 0.36, away: 1 },
};

const clear = (colour: Rgb, papers: readonly Rgb[], least: number): boolean =>
  papers.every((paper) => contrast(colour, paper) >= least + MARGIN);

/** Moves away from the papers in lightness until they leave it clear. */
function cleared(from: Oklch, papers: readonly Rgb[], away: 1 | -1, least: number): Rgb {
  let colour = from;
  const end = away < 0 ? 0 : 1;
  while (!clear(toRgb(colour), papers, least) && colour.l !== end) {
    colour = { ...colour, l: Math.min(1, Math.max(0, colour.l + away * STEP)) };
  }
  return toRgb(colour);
}

function fillOf(wanted: Oklch): { fill: Oklch; on: Rgb } {
  const rgb = toRgb(wanted);
  const ink = toRgb({ ...wanted, l: 0.17, c: Math.min(wanted.c, 0.03) });
  if (contrast(rgb, WHITE) < NEARLY_TEXT && contrast(rgb, ink) >= TEXT + MARGIN) {
    return { fill: wanted, on: ink };
  }
  let fill = wanted;
  while (contrast(toRgb(fill), WHITE) < TEXT + MARGIN) {
    fill = { ...fill, l: fill.l - STEP };
  }
  return { fill, on: WHITE };
}

/** Nothing where the text is no colour. */
export function accentColours(accent: string, mode: Mode): AccentColours | undefined {
  const given = parseHex(accent);
  if (!given) {
    return undefined;
  }
  const { papers: hex_papers, least, away } = grounds[mode];
  const papers = hex_papers.map((paper) => parseHex(paper) as Rgb);
  const wanted = toOklch(given);
  const colour = wanted.l < least ? { ...wanted, l: least } : wanted;
  const { fill, on } = fillOf(colour);
  return {
    accent: toHex(toRgb(fill)),
    onAccent: toHex(on),
    accentEdge: toHex(cleared(fill, papers, away, CONTROL)),
    accentInk: toHex(cleared(colour, papers, away, TEXT)),
  };
}

const following = new WeakMap<HTMLElement, () => void>();

/** Gives a root (or a preview inside a page) its mode and accent; replaces what was applied. */
export function applyTheme(root: HTMLElement, { theme, accent }: Look): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const mode: Mode = theme === "auto" ? (dark.matches ? "dark" : "light") : theme;
    const colours = accentColours(accent, mode);
    root.dataset["theme"] = mode;
    for (const [name, value] of [
      ["--accent", colours?.accent],
      ["--on-accent", colours?.onAccent],
      ["--accent-edge", colours?.accentEdge],
      ["--accent-ink", colours?.accentInk],
      ["--focus", colours?.accentInk],
    ] as const) {
      root.style.setProperty(name, value ?? "");
    }
  };
  following.get(root)?.();
  apply();
  if (theme === "auto") {
    dark.addEventListener("change", apply);
    following.set(root, () => dark.removeEventListener("change", apply));
  } else {
    following.delete(root);
  }
}
