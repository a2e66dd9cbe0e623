// What a card says as plain words, for those who cannot show it, for lists, search and the record.
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { cardsIn, type CardsKey, type SayCard } from "../../i18n/cards/index.ts";
import type { Locale } from "../../i18n/index.ts";
import { momentIn } from "../moment.ts";
import { price } from "./money.ts";
import { Decision, type Card } from "./read.ts";

/** An amount that is due: nothing to pay is said in words. */
export function priceOr(
  t: SayCard,
  locale: Locale,
  { amount, currency }: { readonly amount: number; readonly currency: string },
): string {
  return currency && amount === 0 ? t("free") : price(locale, amount, currency);
}

/** The word of a numbered state. */
export const stateWord = (
  t: SayCard,
  kind: "order" | "parcel" | "refund" | "visit" | "stars",
  state: number,
): string => t(`${kind}${state}` as CardsKey);

function linesOf(t: SayCard, locale: Locale, card: Card): string[] {
  const moment = (time_ms: number) => (time_ms ? momentIn(locale, time_ms) : "");
  switch (card.kind) {
    case ContentKind.PRODUCT: {
      const { title, detail, amount, currency, url } = card.of;
      return [title, price(locale, amount, currency), detail, url];
    }
    case ContentKind.ORDER: {
      const { number, state, lines, amount, currency, detail, url } = card.of;
      const goods = lines.map((line) => `${line.title} ${t("quantity", { n: line.quantity })}`);
      const sum = price(locale, amount, currency);
      const total = sum && t("total", { price: sum });
      const head = `${t("orderNumbered", { number })}: ${stateWord(t, "order", state)}`;
      return [head, ...goods, total, detail, url];
    }
    case ContentKind.LOGISTICS: {
      const { carrier, number, state, steps, expectedMs, url } = card.of;
      const last = steps.at(-1);
      const due = expectedMs ? t("expected", { time: moment(expectedMs) }) : "";
      const head = t("parcelNumbered", { carrier, number });
      const now = last ? [moment(last.timeMs), last.place, last.title] : [];
      return [`${head}: ${stateWord(t, "parcel", state)}`, now.filter(Boolean).join(" "), due, url];
    }
    case ContentKind.REFUND: {
      const { number, state, way, detail, expectedMs } = card.of;
      const head = number ? t("refundOf", { number }) : t("refund");
      const due = expectedMs ? t("expected", { time: moment(expectedMs) }) : "";
      const sum = priceOr(t, locale, card.of);
      const said = `${head}: ${sum}, ${stateWord(t, "refund", state)}`;
      return [said, way && t("refundWay", { way }), due, detail];
    }
    case ContentKind.FORM: {
      const { title, detail, fields } = card.of;
      return [title, detail, ...fields.map(({ label }) => `- ${label}`)];
    }
    case ContentKind.FORM_ANSWER:
      return card.of.values.map(({ text }) => text);
    case ContentKind.QUICK_REPLIES:
      return [card.of.text, card.of.replies.join(" / ")];
    case ContentKind.CHOICES: {
      const { title, detail, choices } = card.of;
      return [title, detail, ...choices.map((each) => `- ${each.title}`)];
    }
    case ContentKind.APPOINTMENT: {
      const { title, state, startMs, place, address, detail, url } = card.of;
      const head = `${title}: ${stateWord(t, "visit", state)}`;
      return [head, moment(startMs), place, address, detail, url];
    }
    case ContentKind.PROGRESS_STEP: {
      const { subject, steps, at, detail, expectedMs } = card.of;
      const due = expectedMs ? t("expected", { time: moment(expectedMs) }) : "";
      const step = steps[at - 1];
      return [step ? `${subject}: ${step} (${at}/${steps.length})` : subject, detail, due];
    }
    case ContentKind.DECISION_ASKED: {
      const { title, detail, untilMs } = card.of;
      const end = untilMs ? t("until", { time: moment(untilMs) }) : "";
      return [`${t("decision")}: ${title}`, priceOr(t, locale, card.of), detail, end];
    }
    case ContentKind.DECISION_GIVEN: {
      const { choice, title } = card.of;
      const said = { 1: "saidAgreed", 2: "saidDeclined", 3: "saidWithdrawn" } as const;
      const sum = choice === Decision.agreed ? priceOr(t, locale, card.of) : "";
      const words = t(said[choice as 1 | 2 | 3], { title });
      return [sum ? `${words}, ${sum}` : words];
    }
    case ContentKind.RATING_ASKED:
      return [card.of.title || t("rateHow")];
    case ContentKind.RATING_GIVEN: {
      const { stars, text } = card.of;
      return [t("starsOf", { n: stars, word: stateWord(t, "stars", stars) }), text];
    }
    case ContentKind.ARTICLE:
      return [card.of.title, card.of.text, card.of.url];
  }
}

export function fallbackOf(locale: Locale, card: Card): string {
  const lines = linesOf(cardsIn(locale), locale, card);
  return lines.filter(Boolean).join("\n");
}
