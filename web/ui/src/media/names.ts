// Names of files as they may be shown and kept: another person chose them.
import { intlTag, type Locale } from "../../i18n/index.ts";

// Control characters, marks that turn the direction of what follows, and what no file system takes.
const HARMFUL = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069" +
    '\\ufeff/\\\\:*?"<>|]',
  "g",
);
const NAME_MAX = 120;

/** Nothing in it hides what it ends with; never empty, never a path. */
export function safeName(name: string, otherwise: string): string {
  const plain = name.normalize("NFC").replace(HARMFUL, "").replace(/^[\s.]+|[\s.]+$/g, "");
  if (plain.length <= NAME_MAX) {
    return plain || otherwise;
  }
  const ending = plain.match(/\.[^.]{1,8}$/)?.[0] ?? "";
  return `${plain.slice(0, NAME_MAX - ending.length)}\u2026${ending}`;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** As people say it: 1.4 MB. */
export function sizeWords(locale: Locale, bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** step;
  const said = new Intl.NumberFormat(intlTag(locale), {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step ? "short" : "long",
    maximumFractionDigits: step && value < 100 ? 1 : 0,
  }).format(value);
  // In Chinese a space stands between figures and signs.
  return said.replace(/(?<=\d)(?=\p{Script=Han})/u, " ");
}

/** 1:05 */
export function clockWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
