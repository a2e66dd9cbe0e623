// The words that the frame says: of each language those that the page has fetched, as nobody reads
// more than one of them.
import {
  filled,
  type Locale,
  type SentenceKey as SharedKey,
  type Values,
} from "../../../web/ui/i18n/index.ts";
import type { zhCn } from "./zh_cn.ts";

export type FrameWords = Record<keyof typeof zhCn, string>;
export type SentenceKey = SharedKey | keyof FrameWords;
export type Translate = (key: SentenceKey, values?: Values) => string;
export type Words = Readonly<Record<SentenceKey, string>>;

const known = new Map<Locale, Words>();

export function takeWords(locale: Locale, words: Words): void {
  known.set(locale, words);
}

/** Where the words of a language lie. */
export const wordsAddress = (locale: Locale): string =>
  new URL(`../${__WORDS_URLS__[locale]}`, location.href).href;

/** Fetches the words of a language that are not here yet. Rejects where they do not come. */
export async function bringWords(locale: Locale): Promise<void> {
  if (!known.has(locale)) {
    const { words } = (await import(wordsAddress(locale))) as { words: Words };
    takeWords(locale, words);
  }
}

/** Says sentences in a language whose words are here. */
export const translator =
  (locale: Locale): Translate =>
  (key, values = {}) =>
    filled(locale, known.get(locale)?.[key] ?? "", values);
