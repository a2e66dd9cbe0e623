// Amounts of money: whole numbers of the smallest unit. How many of them make a large one is said
// by ISO 4217, not by the browser, so that a price is the same on both sides.
import { intlTag, type Locale } from "../../i18n/index.ts";

const NO_SMALLER = new Set(
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" "),
);
const THOUSANDTHS = new Set("BHD IQD JOD KWD LYD OMR TND".split(" "));

export function digitsOf(currency: string): number {
  return NO_SMALLER.has(currency) ? 0 : THOUSANDTHS.has(currency) ? 3 : 2;
}

export const isCurrency = (text: string): boolean => /^[A-Z]{3}$/.test(text);

/** As people of that language write it; "" where there is no price. */
export function price(locale: Locale, amount: number, currency: string): string {
  if (!isCurrency(currency)) {
    return "";
  }
  const digits = digitsOf(currency);
  const form = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  return new Intl.NumberFormat(intlTag(locale), { ...style, ...form }).format(
    amount / 10 ** digits,
  );
}

/** What somebody has typed, in smallest units; undefined where it is no amount. */
export function amountOf(text: string, currency: string): number | undefined {
  const digits = digitsOf(currency);
  const [, whole = "", part = ""] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (!whole || part.length > digits) {
    return undefined;
  }
  return Number(whole) * 10 ** digits + Number(part.padEnd(digits, "0") || 0);
}

/** For a field: the amount as it is typed. */
export function typedAmount(amount: number, currency: string): string {
  return (amount / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));
}
