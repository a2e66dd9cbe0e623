// The words that the frame says: of each language those that the page has fetched, as nobody reads
// more than one of them.
import {
  filled,
  type Locale,
  type SentenceKey as SharedKey,
  type Values,
} from "../../../web/ui/i18n/index.ts";
import { bring, files } from "../files.ts";
import type { zhCn } from "./zh_cn.ts";

export type FrameWords = Record<keyof typeof zhCn, string>;
export type SentenceKey = SharedKey | keyof FrameWords;
export type Translate = (key: SentenceKey, values?: Values) => string;
export type Words = Readonly<Record<SentenceKey, string>>;

const known = new Map<Locale, Partial<Words>>();
let wants_more = false;

export function takeWords(locale: Locale, words: Partial<Words>): void {
  known.set(locale, { ...known.get(locale), ...words });
}

async function bringFrom(locale: Locale, paths: Readonly<Record<string, string>>): Promise<void> {
  takeWords(locale, (await bring<{ words: Partial<Words> }>(paths[locale])).words);
}

/** Fetches the words of a language that are not here yet. Rejects where they do not come. */
export async function bringWords(locale: Locale): Promise<void> {
  const { words, moreWords } = files();
  await Promise.all([bringFrom(locale, words), wants_more && bringFrom(locale, moreWords)]);
}

/** From now on the words of rest.tsx too. */
export function bringMoreWords(locale: Locale): Promise<void> {
  wants_more = true;
  return bringWords(locale);
}

/** Says sentences in a language whose words are here. */
export const translator =
  (locale: Locale): Translate =>
  (key, values = {}) =>
    filled(locale, known.get(locale)?.[key] ?? "", values);
