// Words of the admin's pages; the rest of the console does not need them.
import { speaker, type Locale, type Values } from "../../../ui/i18n/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type AdminKey = keyof typeof zhCn;
export type AdminWords = Record<AdminKey, string>;
export type Say = (key: AdminKey, values?: Values) => string;

export const words: Record<Locale, AdminWords> = { "zh-CN": zhCn, en, ar };

export const sayIn: (locale: Locale) => Say = speaker(words);
