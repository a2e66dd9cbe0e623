/** What a shop may choose; the same words as the data-* attributes of the script tag. */
export type Settings = {
  /** The shop's public key as `shopbell init` prints it. */
  shop: string;
  /** Address of shopbell.js, for example "https://chat.shop.example/shopbell.js". */
  src: string;
  /** Address of the relay (wss:) where it is not the host of `src`. */
  relay?: string;
  /** Left out: the page's language, else the browser's. */
  lang?: "zh-CN" | "en" | "ar";
  /** #rrggbb; what stands on it is black or white, whichever is read better. */
  accent?: string;
  theme?: Theme;
  position?: "right" | "left";
  /** Pixels from the side and from the bottom. */
  offsetX?: number;
  offsetY?: number;
  zIndex?: number;
  /** CSS selector of the page's own button; then there is no bubble. */
  launcher?: string;
  /** mailto:, tel: and https: addresses, separated by spaces: other ways, where this one fails. */
  fallback?: string;
};

export type Theme = "auto" | "light" | "dark";

/** What the agent sees beside the conversation. Each call stands in place of the one before. */
export type Context = {
  page?: { url: string; title: string };
  product?: { name: string; sku?: string; url?: string; price?: string | number };
  cart?: {
    items: { name: string; quantity: number; price?: string | number }[];
    total?: string | number;
  };
};

/** What a page may offer; amounts are whole numbers of the currency's smallest unit. */
export type Card =
  | {
      type: "product";
      title: string;
      detail?: string;
      sku?: string;
      amount?: number;
      formerAmount?: number;
      currency?: string;
      url?: string;
      /** A small JPEG, PNG or WebP as data:image/...;base64, at most 6 KiB. */
      picture?: string;
    }
  | {
      type: "order";
      number: string;
      state?: "placed" | "paid" | "packed" | "sent" | "delivered" | "cancelled";
      /** When it was placed: milliseconds, or what Date understands. */
      time?: number | string;
      lines?: { title: string; quantity?: number; amount?: number }[];
      amount?: number;
      currency?: string;
      url?: string;
      detail?: string;
    };

/** Why there is no conversation. `cause` of a rejected promise, value of the event `error`. */
export type Cause =
  | "blocked"
  | "refused"
  | "offline"
  | "browser"
  | "insecure"
  | "storage_refused"
  | "origin"
  | "wrong_shop"
  | "card_chain"
  | "shop_unknown"
  | "failed"
  | "shop"
  | "init"
  | "method"
  | "card"
  | "identity_token"
  | "identity_off"
  | "identity_refused"
  | "identity_expired"
  | "identity_device"
  | "identity_used";

/** Gives a token that the shop's backend has signed for this device. */
export type TokenSource = (asked: { deviceId: string }) => string | Promise<string>;

export type Events = {
  /** The frame can be talked to. */
  ready: undefined;
  open: undefined;
  close: undefined;
  /** Messages that wait to be read. */
  unread: number;
  /** A message came or went; its words stay in the frame. */
  message: "in" | "out";
  error: Cause;
  /** The shop's desk knows who is here. */
  identified: undefined;
};

export type Methods = {
  init(settings?: Partial<Settings>): void;
  /** Settles when the panel is open and can be written in. */
  open(): void;
  close(): void;
  toggle(): void;
  /** Shows or hides the bubble; hide closes the panel too. */
  show(): void;
  hide(): void;
  on<E extends keyof Events>(event: E, listener: (value: Events[E]) => void): void;
  off<E extends keyof Events>(event: E, listener?: (value: Events[E]) => void): void;
  setContext(context: Context): void;
  /** Puts words into the composer where there are none yet. */
  prefill(text: string): void;
  /** Offers a card above the composer; the person sends it, or does not. */
  send(card: Card): void;
  unread(): number;
  setLocale(lang: "zh-CN" | "en" | "ar"): void;
  setTheme(theme: Theme, accent?: string): void;
  /** Says who is logged in at the shop; asked again where a token has ended. */
  identify(token: string | TokenSource): void;
  /** Of this browser, for the token's `cnf`; starts the widget, hidden. */
  deviceId(): string | undefined;
  /** Deletes conversations and keys of this browser. False where the person stays after all. */
  logout(): boolean | undefined;
  /** Ends the conversation on this page, as after a log-out; the bubble stays. */
  shutdown(): void;
  /** Takes everything out of the page; init begins anew. */
  destroy(): void;
};

type Listener<E extends keyof Events> = (value: Events[E]) => void;

/** Every method as a function that returns a promise. */
export type Shopbell = {
  readonly [M in Exclude<keyof Methods, "on" | "off">]: (
    ...rest: Parameters<Methods[M]>
  ) => Promise<ReturnType<Methods[M]>>;
} & {
  on<E extends keyof Events>(event: E, listener: Listener<E>): Promise<void>;
  off<E extends keyof Events>(event: E, listener?: Listener<E>): Promise<void>;
};

/** The global `Shopbell("method", ...)`; before the script has come its calls are kept. */
export interface ShopbellFunction {
  <E extends keyof Events>(method: "on", event: E, listener: Listener<E>): Promise<void>;
  <E extends keyof Events>(method: "off", event: E, listener?: Listener<E>): Promise<void>;
  <M extends Exclude<keyof Methods, "on" | "off">>(
    method: M,
    ...rest: Parameters<Methods[M]>
  ): Promise<ReturnType<Methods[M]>>;
}

declare global {
  interface Window {
    Shopbell?: ShopbellFunction;
  }
}

/** Puts the script into the page, once however often it is called, and begins. */
export declare function load(settings: Settings): Promise<Shopbell>;
