// The frame's half of the talk with the loader. Only the parent window is heard, and only while it
// has the origin that the loader named; what is sent names that origin too. Whatever the page says
// is cut to what a message can hold: a page can have an address, a title or a cart of any length.
export type PageInfo = { readonly url: string; readonly title: string };

export type ProductInfo = {
  readonly name: string;
  readonly sku: string;
  readonly url: string;
  readonly price: string;
};

export type CartLine = {
  readonly name: string;
  readonly quantity: number;
  readonly price: string;
};
export type CartInfo = { readonly items: readonly CartLine[]; readonly total: string };

/** What is left out is not there any more. */
export type ContextInfo = {
  readonly page?: PageInfo | undefined;
  readonly product?: ProductInfo | undefined;
  readonly cart?: CartInfo | undefined;
};

/** `accent` is "" where the page leaves the colour to the shop's card. */
export type ThemeChoice = { readonly theme: "auto" | "light" | "dark"; readonly accent: string };

export type FromPage =
  /** `quiet`: opened by the page itself; the person is busy elsewhere and keeps the focus. */
  | {
      readonly type: "open";
      readonly page: PageInfo;
      readonly quiet: boolean;
      /** The page names its people by tokens. */
      readonly identifies: boolean;
    }
  | { readonly type: "close"; readonly page: PageInfo; readonly identifies: boolean }
  | { readonly type: "page"; readonly page: PageInfo }
  | { readonly type: "context"; readonly context: ContextInfo }
  | { readonly type: "prefill"; readonly text: string }
  /** A card to be offered, as the page gave it. */
  | { readonly type: "offer"; readonly card: unknown }
  /** The page was opened with a link of another device: what stood behind `#shopbell=`. */
  | { readonly type: "link"; readonly link: string }
  | { readonly type: "locale"; readonly lang: string }
  | { readonly type: "theme"; readonly theme: ThemeChoice }
  /** `token` is "" where the shop's login could give none. */
  | { readonly type: "identify"; readonly token: string }
  | { readonly type: "logout" }
  | { readonly type: "shutdown" };

/** Why there is no conversation, in words that the page's own scripts may act on. */
export type Cause =
  | "storage_refused"
  | "origin"
  | "wrong_shop"
  | "card_chain"
  | "shop_unknown"
  | "card"
  | "failed";

export type ToPage =
  | { readonly type: "ready" }
  | { readonly type: "close" }
  /** Which device this is; again after another one took its place. */
  | { readonly type: "device"; readonly id: string }
  /** What became of a token; `cause` is "" where it was taken. */
  | { readonly type: "identified"; readonly cause: string }
  /** A log-out waits for the person's answer. */
  | { readonly type: "asks" }
  | { readonly type: "stayed" }
  /** The device is no more; the frame has nothing to show. */
  | { readonly type: "gone" }
  | { readonly type: "unread"; readonly count: number }
  | { readonly type: "message"; readonly direction: "in" | "out" }
  /** `works`: there is a conversation all the same, for as long as the page is open. */
  | { readonly type: "error"; readonly cause: Cause; readonly works?: boolean };

const URL_MAX = 2000;
const WORDS_MAX = 200;
const SHORT_MAX = 60;
const PREFILL_MAX = 4000;
const CART_ITEMS_MAX = 20;
const TOKEN_MAX = 4096;
const QUANTITY_MAX = 1_000_000;

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null ? (value as Fields) : undefined;

const text = (value: unknown, max: number): string =>
  typeof value === "string" ? value.slice(0, max) : "";

/** Prices, totals and article numbers come as words or as numbers. */
const label = (value: unknown): string =>
  typeof value === "number" && Number.isFinite(value) ? String(value) : text(value, SHORT_MAX);

function readPage(value: unknown): PageInfo {
  const page = fields(value);
  return { url: text(page?.["url"], URL_MAX), title: text(page?.["title"], WORDS_MAX) };
}

function readProduct(value: unknown): ProductInfo | undefined {
  const product = fields(value);
  const name = text(product?.["name"], WORDS_MAX);
  if (!product || !name) {
    return undefined;
  }
  const { sku, url, price } = product;
  return { name, sku: label(sku), url: text(url, URL_MAX), price: label(price) };
}

function readLine(value: unknown): CartLine | undefined {
  const line = fields(value);
  const name = text(line?.["name"], WORDS_MAX);
  if (!line || !name) {
    return undefined;
  }
  const quantity = Number(line["quantity"] ?? 1);
  const whole = Number.isInteger(quantity) && quantity >= 0 && quantity <= QUANTITY_MAX;
  return { name, quantity: whole ? quantity : 1, price: label(line["price"]) };
}

function readCart(value: unknown): CartInfo | undefined {
  const cart = fields(value);
  if (!cart || !Array.isArray(cart["items"])) {
    return undefined;
  }
  const items = cart["items"].slice(0, CART_ITEMS_MAX).flatMap((line) => readLine(line) ?? []);
  return items.length ? { items, total: label(cart["total"]) } : undefined;
}

function readContext(value: unknown): ContextInfo {
  const context = fields(value) ?? {};
  return {
    page: fields(context["page"]) && readPage(context["page"]),
    product: readProduct(context["product"]),
    cart: readCart(context["cart"]),
  };
}

export function readTheme(value: unknown): ThemeChoice {
  const { theme, accent } = fields(value) ?? {};
  const color = text(accent, SHORT_MAX);
  return {
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    accent: /^#[\da-f]{6}$/i.test(color) ? color : "",
  };
}

/** Nothing where the data is no word of the loader. */
export function readWord(data: unknown): FromPage | undefined {
  const word = fields(data);
  if (word?.["shopbell"] !== 1) {
    return undefined;
  }
  const type = word["type"];
  switch (type) {
    case "open":
    case "close": {
      const identifies = word["identifies"] === true;
      const page = readPage(word["page"]);
      const quiet = word["quiet"] === true;
      return type === "open" ? { type, page, quiet, identifies } : { type, page, identifies };
    }
    case "identify": {
      const token = text(word["token"], TOKEN_MAX + 1);
      return { type, token: token.length > TOKEN_MAX ? "" : token };
    }
    case "page":
      return { type, page: readPage(word["page"]) };
    case "context":
      return { type, context: readContext(word["context"]) };
    case "link":
      return { type, link: text(word["link"], WORDS_MAX) };
    case "prefill":
      return { type, text: text(word["text"], PREFILL_MAX) };
    case "offer":
      return { type, card: word["card"] };
    case "locale":
      return { type, lang: text(word["lang"], SHORT_MAX) };
    case "theme":
      return { type, theme: readTheme(word) };
    case "logout":
    case "shutdown":
      return { type };
    default:
      return undefined;
  }
}

export class HostPage {
  constructor(
    private readonly origin: string,
    listener: (word: FromPage) => void,
  ) {
    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || event.origin !== origin) {
        return;
      }
      const word = readWord(event.data);
      if (word) {
        listener(word);
      }
    });
  }

  say(word: ToPage): void {
    if (window.parent !== window && this.origin) {
      window.parent.postMessage({ shopbell: 1, ...word }, this.origin);
    }
  }
}
