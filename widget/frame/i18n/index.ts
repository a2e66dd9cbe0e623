// The words of both apps and those of the frame on top, so that the console does not load them.
import {
  catalogs as shared,
  filled,
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

export const catalogs: Record<Locale, Record<SentenceKey, string>> = {
  "zh-CN": { ...shared["zh-CN"], ...zhCn },
  en: { ...shared.en, ...en },
  ar: { ...shared.ar, ...ar },
};

export function translator(locale: Locale): Translate {
  const catalog = catalogs[locale];
  return (key, values = {}) => filled(locale, catalog[key], values);
}
