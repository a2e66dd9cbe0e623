// Where the customer is and what the page says of it: told to the shop, sealed, with his words.
import { decode, encode } from "../../engine/src/codec.ts";
import { Cart, PageView, Product } from "../../engine/src/gen/wire.ts";
import type { Locale } from "../i18n/index.ts";

export type PageContext = {
  readonly page: { readonly url: string; readonly title: string };
  readonly product?: Partial<Product> | undefined;
  readonly cart?: Pick<Cart, "items"> & Partial<Cart> | undefined;
};

const NO_BYTES = new Uint8Array();

export function pageViewOf(context: PageContext, locale: Locale, device: string): PageView {
  const { page, product, cart } = context;
  return {
    url: page.url,
    title: page.title,
    locale,
    product: product ? encode(Product, product) : NO_BYTES,
    cart: cart ? encode(Cart, cart) : NO_BYTES,
    device,
  };
}

function read<T>(bytes: Uint8Array, decoded: (bytes: Uint8Array) => T): T | undefined {
  try {
    return bytes.length ? decoded(bytes) : undefined;
  } catch {
    // A stranger's bytes: as if nothing had been said.
    return undefined;
  }
}

export const productOf = (view: PageView): Product | undefined =>
  read(view.product, (bytes) => decode(Product, bytes));
export const cartOf = (view: PageView): Cart | undefined =>
  read(view.cart, (bytes) => decode(Cart, bytes));

const same_bytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Nothing that the shop would want to hear again. Language and device change with no new page. */
export function sameContext(one: PageView, other: PageView): boolean {
  return (
    one.url === other.url &&
    same_bytes(one.product, other.product) &&
    same_bytes(one.cart, other.cart)
  );
}

const BROWSERS: readonly [RegExp, string][] = [
  [/\bMicroMessenger\/(\d+)/, "WeChat"],
  [/\bEdgA?\/(\d+)/, "Edge"],
  [/\bFirefox\/(\d+)/, "Firefox"],
  [/\bFxiOS\/(\d+)/, "Firefox"],
  [/\bCriOS\/(\d+)/, "Chrome"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bChrome\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari/, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPad|iPod/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** Browser, system and screen as people call them: "Chrome 156, Android, 390 x 844". */
export function deviceWords(userAgent: string, width: number, height: number): string {
  const browsers = BROWSERS.map(([form, name]) => [form.exec(userAgent)?.[1], name] as const);
  const [version, name] = browsers.find(([found]) => found) ?? [];
  const system = SYSTEMS.find(([form]) => form.test(userAgent))?.[1];
  return [name && `${name} ${version}`, system, `${width} x ${height}`].filter(Boolean).join(", ");
}
