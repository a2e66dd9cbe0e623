// What a page offers: a product or an order, shown above the composer until the person sends it or
// does not want to. What comes from the page is anything at all.
import { render } from "preact";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { cardsIn } from "../../i18n/cards/index.ts";
import type { Locale } from "../../i18n/index.ts";
import { fallbackOf } from "./fallback.ts";
import { bytesOf, cleaned, isFit, readCard, type Card } from "./read.ts";
import { fitsOneMessage } from "./say.ts";
import { Order, Product } from "./view.tsx";

export interface OfferHost {
  locale(): Locale;
  send(kind: number, content: Uint8Array, words: string): void;
  dismiss(): void;
  /** It is no card; the page's developer may want to know. */
  refuse(): void;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
const textOf = (value: unknown): string =>
  typeof value === "string" ? cleaned(value).trim() : typeof value === "number" ? `${value}` : "";
/** What is left out is 0; what is no number is none, and so no card. */
const numberOf = (value: unknown, none = 0): number =>
  value === undefined || value === null ? none : typeof value === "number" ? value : NaN;

const STATES = ["placed", "paid", "packed", "sent", "delivered", "cancelled"];
const LINES_READ = 100;

function pictureOf(value: unknown): Uint8Array {
  const [, data = ""] = /^data:image\/[a-z]+;base64,(.*)$/s.exec(textOf(value)) ?? [];
  try {
    return Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function timeOf(value: unknown): number {
  return typeof value === "string" ? new Date(value).getTime() : numberOf(value);
}

function lineOf(value: unknown) {
  const { title, quantity, amount } = fieldsOf(value);
  return { title: textOf(title), quantity: numberOf(quantity, 1), amount: numberOf(amount) };
}

function shaped(given: Fields): Card | undefined {
  const common = {
    detail: textOf(given["detail"]),
    amount: numberOf(given["amount"]),
    currency: textOf(given["currency"]),
    url: textOf(given["url"]),
  };
  if (given["type"] === "product") {
    const { title, sku, formerAmount, picture } = given;
    const own = {
      title: textOf(title), sku: textOf(sku), formerAmount: numberOf(formerAmount),
      picture: pictureOf(picture),
    };
    return { kind: ContentKind.PRODUCT, of: { ...common, ...own } };
  }
  if (given["type"] === "order") {
    const { number, state = "placed", time } = given;
    const lines = Array.isArray(given["lines"]) ? given["lines"].slice(0, LINES_READ) : [];
    const own = {
      number: textOf(number), state: STATES.indexOf(state as string) + 1, timeMs: timeOf(time),
      lines: lines.map(lineOf),
    };
    return { kind: ContentKind.ORDER, of: { ...common, ...own } };
  }
  return undefined;
}

/** Nothing for what is no card within the limits. */
export function offerOf(value: unknown, locale: Locale): Card | undefined {
  const card = shaped(fieldsOf(value));
  return card && isFit(card) && fitsOneMessage(card, locale)
    ? readCard(card.kind, bytesOf(card))
    : undefined;
}

function Offer({ card, host }: { card: Card; host: OfferHost }) {
  const locale = host.locale();
  const t = cardsIn(locale);
  const { kind } = card;
  const send = () => host.send(kind, bytesOf(card), fallbackOf(locale, card));
  return (
    <section class="offer" aria-label={t("offer")} data-testid="offer">
      <p class="card-small">{t("offer")}</p>
      {kind === ContentKind.PRODUCT && <Product t={t} locale={locale} card={card} />}
      {kind === ContentKind.ORDER && <Order t={t} locale={locale} card={card} />}
      <p class="card-small">{t("offerMore")}</p>
      <div class="card-buttons">
        <button type="button" class="card-no" data-testid="offer-dismiss" onClick={host.dismiss}>
          {t("offerDismiss")}
        </button>
        <button type="button" class="card-yes" data-testid="offer-send" onClick={send}>
          {t("offerSend")}
        </button>
      </div>
    </section>
  );
}

export type DrawOffer = (place: HTMLElement, value: unknown, host: OfferHost) => void;

export const drawOffer: DrawOffer = (place, value, host) => {
  const card = offerOf(value, host.locale());
  if (card) {
    render(<Offer card={card} host={host} />, place);
  } else {
    host.refuse();
  }
};
