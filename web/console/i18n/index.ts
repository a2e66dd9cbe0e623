// The workplace's own words on top of those that it shares with the frame.
import { joined, speaker, type Locale, type Values } from "../../ui/i18n/index.ts";
import { catalogs, type SentenceKey } from "../../ui/i18n/console/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type ConsoleCatalog = Record<keyof typeof zhCn, string>;
export type ConsoleKey = keyof ConsoleCatalog;
export type Say = (key: SentenceKey | ConsoleKey, values?: Values) => string;

export const consoleCatalogs: Record<Locale, ConsoleCatalog> = { "zh-CN": zhCn, en, ar };

export const sayIn: (locale: Locale) => Say = speaker(joined(catalogs, consoleCatalogs));
