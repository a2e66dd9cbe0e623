// Words of frame and console. A catalog is a flat list of sentences; `{name}` is filled in.
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type Catalog = Record<keyof typeof zhCn, string>;
export type SentenceKey = keyof Catalog;
export type Locale = "zh-CN" | "en";
export type Translate = (key: SentenceKey, values?: Record<string, string | number>) => string;

export const catalogs: Record<Locale, Catalog> = { "zh-CN": zhCn, en };

/** The first wanted language that there is a catalog for; English where there is none. */
export function pickLocale(wanted: readonly (string | null | undefined)[]): Locale {
  for (const tag of wanted) {
    const language = tag?.toLowerCase().split(/[-_]/)[0];
    if (language === "zh") {
      return "zh-CN";
    }
    if (language === "en") {
      return "en";
    }
  }
  return "en";
}

export function translator(locale: Locale): Translate {
  const catalog = catalogs[locale];
  return (key, values = {}) =>
    catalog[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
