// The words of linking a further device: fetched with its screens, so on their own.
import { speaker, type Locale, type Values } from "../../../../web/ui/i18n/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type LinkWords = Record<keyof typeof zhCn, string>;
export type LinkKey = keyof LinkWords;
export type Tell = (key: LinkKey, values?: Values) => string;

export const linkCatalogs = { "zh-CN": zhCn, en, ar };
export const linkIn: (locale: Locale) => Tell = speaker(linkCatalogs);
