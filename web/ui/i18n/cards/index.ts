// The words of cards: loaded with them, after the first open.
import { speaker, type Locale, type Values } from "../index.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type CardsWords = Record<keyof typeof zhCn, string>;
export type CardsKey = keyof CardsWords;
export type SayCard = (key: CardsKey, values?: Values) => string;

export const cardsCatalogs = { "zh-CN": zhCn, en, ar };
export const cardsIn: (locale: Locale) => SayCard = speaker(cardsCatalogs);
