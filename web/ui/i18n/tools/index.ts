// The words of what one can do with a message: loaded after the first open, so on their own.
import { speaker, type Locale, type Values } from "../index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type ToolsWords = Record<keyof typeof zhCn, string>;
export type ToolsKey = keyof ToolsWords;
export type Tell = (key: ToolsKey, values?: Values) => string;

export const toolsCatalogs = { "zh-CN": zhCn, en, ar };
export const toolsIn: (locale: Locale) => Tell = speaker(toolsCatalogs);
