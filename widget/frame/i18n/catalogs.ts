// The frame's words in every language: those of both apps, its own on top. The page itself fetches
// one language (words.ts); all of them are for tests, and for the build to make files of.
import { catalogs as shared, joined } from "../../../web/ui/i18n/index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export const catalogs = joined(shared, { "zh-CN": zhCn, en, ar });
