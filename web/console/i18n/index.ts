// The workplace's own words on top of those that it shares with the frame.
import { filled, type Locale, type Values } from "../../ui/i18n/index.ts";
import { translator, type SentenceKey } from "../../ui/i18n/console/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type ConsoleCatalog = Record<keyof typeof zhCn, string>;
export type ConsoleKey = keyof ConsoleCatalog;
export type Say = (key: SentenceKey | ConsoleKey, values?: Values) => string;

export const consoleCatalogs: Record<Locale, ConsoleCatalog> = { "zh-CN": zhCn, en, ar };

const isOwn = (key: string): key is ConsoleKey => key in zhCn;

export function sayIn(locale: Locale): Say {
  const own = consoleCatalogs[locale];
  const shared = translator(locale);
  return (key, values = {}) =>
    isOwn(key) ? filled(locale, own[key], values) : shared(key, values);
}
