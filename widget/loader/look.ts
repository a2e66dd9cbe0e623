// From the shop's settings to the values that the style sheets use.
import type { Settings } from "./settings.ts";

/** Black or white, whichever is read on it: this close to sRGB any colour gives 4.5 to 1. */
export function inkOn(accent: string): string {
  const rgb = parseInt(accent.slice(1), 16);
  const light =
    0.2126 * (rgb >> 16) ** 2.2 + 0.7152 * ((rgb >> 8) & 255) ** 2.2 + 0.0722 * (rgb & 255) ** 2.2;
  return light < 35450 ? "#fff" : "#000";
}

const number = (value: unknown): number => parseFloat(value as string) || 0;

/** Important, so that no rule of the page gets at them. */
export function lookOf(settings: Settings): string {
  const { accent, theme, position, offsetX = 20, offsetY = 20, zIndex = 2147483e3 } = settings;
  const colour = /^#[\da-f]{6}$/i.test(accent!) ? accent! : "#0f6b66";
  return `:host{all:initial;position:fixed;z-index:${number(zIndex)};direction:${
    position === "left" ? "rtl" : "ltr"
  };color-scheme:${/dark|light/.test(theme!) ? theme : "light dark"};--a:${colour};--o:${inkOn(
    colour,
  )};--x:${number(offsetX)}px;--y:${number(offsetY)}px;}`.replace(/;/g, "!important;");
}
