import { speaker, type Locale, type Values } from "../../../ui/i18n/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type ComposeWords = Record<keyof typeof zhCn, string>;
export type ComposeKey = keyof ComposeWords;
export type SayCompose = (key: ComposeKey, values?: Values) => string;

export const composeCatalogs = { "zh-CN": zhCn, en, ar };
export const composeIn: (locale: Locale) => SayCompose = speaker(composeCatalogs);
