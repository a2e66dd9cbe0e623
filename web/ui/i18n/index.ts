// Words that both apps need; those of the console alone stand in console/. A catalog is a flat list
// of sentences. `{name}` is filled in; `{n|one:# day|other:# days}` picks by the number's plural.
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { zhCn } from "./zh_cn.ts";

export type SentenceKey = keyof typeof zhCn;
export type Catalog = Record<SentenceKey, string>;
export type Locale = "zh-CN" | "en" | "ar";
export type Values = Record<string, string | number>;
export type Translate = (key: SentenceKey, values?: Values) => string;

export const catalogs: Record<Locale, Catalog> = { "zh-CN": zhCn, en, ar };

const BY_LANGUAGE: Record<string, Locale> = { zh: "zh-CN", en: "en", ar: "ar" };

/** The first wanted language that there is a catalog for; English where there is none. */
export function pickLocale(wanted: readonly (string | null | undefined)[]): Locale {
  for (const tag of wanted) {
    const locale = BY_LANGUAGE[tag?.toLowerCase().split(/[-_]/)[0] ?? ""];
    if (locale) {
      return locale;
    }
  }
  return "en";
}

export function dirOf(locale: Locale): "ltr" | "rtl" {
  return locale === "ar" ? "rtl" : "ltr";
}

/** For Intl. Digits 0 to 9 in Arabic too: prices, counts and order numbers around have them. */
export const intlTag = (locale: Locale): string => (locale === "ar" ? "ar-u-nu-latn" : locale);

const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const LTR_LETTER = /[A-Za-z\u00c0-\u024f\u0370-\u052f\u3040-\u9fff\uac00-\ud7af]/;

/** A name that runs the other way must not pull the sentence around it along. */
function isolated(locale: Locale, value: string | number): string {
  const other_way = dirOf(locale) === "rtl" ? LTR_LETTER : RTL_LETTER;
  return other_way.test(String(value)) ? `\u2068${value}\u2069` : String(value);
}

function pluralForm(locale: Locale, forms: string, value: string | number): string {
  const n = Number(value);
  const rule = new Intl.PluralRules(locale).select(n);
  const by_rule = new Map(forms.split("|").map((form) => form.split(":") as [string, string]));
  const form = by_rule.get(rule) ?? by_rule.get("other") ?? "#";
  return form.replace("#", new Intl.NumberFormat(intlTag(locale)).format(n));
}

/** Fills the blanks of any catalog's sentence. */
export function filled(locale: Locale, sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)(?:\|([^}]*))?\}/g, (_, name: string, forms?: string) => {
    const value = values[name] ?? "";
    return forms ? pluralForm(locale, forms, value) : isolated(locale, value);
  });
}

/** Says the sentences of these catalogs in one language. */
export const speaker =
  <Key extends string>(catalogs: Record<Locale, Record<Key, string>>) =>
  (locale: Locale) =>
  (key: Key, values: Values = {}): string =>
    filled(locale, catalogs[locale][key], values);

/** The words of a part on top of those that it shares with others, which do not load them. */
export function joined<Shared extends string, Own extends string>(
  shared: Record<Locale, Record<Shared, string>>,
  own: Record<Locale, Record<Own, string>>,
): Record<Locale, Record<Shared | Own, string>> {
  return {
    "zh-CN": { ...shared["zh-CN"], ...own["zh-CN"] },
    en: { ...shared.en, ...own.en },
    ar: { ...shared.ar, ...own.ar },
  };
}

// Marked, so that who brings words of his own does not carry these.
export const translator: (locale: Locale) => Translate = /* @__PURE__ */ speaker(catalogs);
