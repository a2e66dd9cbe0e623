// The words of both apps and those of the console on top, so that the frame does not load them.
import {
  catalogs as shared,
  joined,
  speaker,
  type Locale,
  type SentenceKey as SharedKey,
  type Values,
} from "../index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export { dirOf, intlTag, pickLocale, type Locale } from "../index.ts";

export type ConsoleWords = Record<keyof typeof zhCn, string>;
export type SentenceKey = SharedKey | keyof ConsoleWords;
export type Translate = (key: SentenceKey, values?: Values) => string;

export const catalogs = joined(shared, { "zh-CN": zhCn, en, ar });
export const translator: (locale: Locale) => Translate = speaker(catalogs);
