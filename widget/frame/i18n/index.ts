// The words of both apps and those of the frame on top, so that the console does not load them.
import {
  catalogs as shared,
  joined,
  speaker,
  type Locale,
  type SentenceKey as SharedKey,
  type Values,
} from "../../../web/ui/i18n/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type FrameWords = Record<keyof typeof zhCn, string>;
export type SentenceKey = SharedKey | keyof FrameWords;
export type Translate = (key: SentenceKey, values?: Values) => string;

export const catalogs = joined(shared, { "zh-CN": zhCn, en, ar });
export const translator: (locale: Locale) => Translate = speaker(catalogs);
