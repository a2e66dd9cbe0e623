// The words of pictures, voice and files: loaded with what shows them.
import { speaker, type Locale, type Values } from "../index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type MediaWords = Record<keyof typeof zhCn, string>;
export type MediaKey = keyof MediaWords;
export type Tell = (key: MediaKey, values?: Values) => string;

export const mediaCatalogs = { "zh-CN": zhCn, en, ar };
export const mediaIn: (locale: Locale) => Tell = speaker(mediaCatalogs);
