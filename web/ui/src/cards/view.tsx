// Cards that tell something and ask nothing.
import { useMemo, useState } from "preact/hooks";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import type { SayCard } from "../../i18n/cards/index.ts";
import { pictureUrl } from "../avatar.tsx";
import { momentIn, spanIn } from "../moment.ts";
import { priceOr, stateWord } from "./fallback.ts";
import { price } from "./money.ts";
import {
  Address,
  CardFrame,
  CardSign,
  Detail,
  FoldedText,
  Moment,
  Title,
  type PropsOf,
  type Tone,
} from "./parts.tsx";
import { Decision, type Card } from "./read.ts";

const ARTICLE_SHOWN = 280;
const STEPS_SHOWN = 3;

type Shown<K extends Card["kind"]> = Pick<PropsOf<K>, "t" | "locale" | "card">;

export function Product({ t, locale, card }: Shown<typeof ContentKind.PRODUCT>) {
  const { title, detail, sku, amount, formerAmount, currency, url, picture } = card.of;
  const image = useMemo(() => pictureUrl(picture), [picture]);
  const now = price(locale, amount, currency);
  const before = formerAmount > amount ? price(locale, formerAmount, currency) : "";
  return (
    <CardFrame icon="bag" kind={t("product")} title={title} name="product">
      <div class="card-goods">
        {image && <img src={image} alt="" width={64} height={64} />}
        <div>
          <Title text={title} />
          {now && (
            <p class="card-price">
              <span class="hidden-words">{t("price", { price: now })}</span>
              <b aria-hidden="true">{now}</b>{" "}
              {before && (
                <>
                  <span class="hidden-words">{t("formerPrice", { price: before })}</span>
                  <s aria-hidden="true">{before}</s>
                </>
              )}
            </p>
          )}
          {sku && <p class="card-small">{t("sku", { sku })}</p>}
        </div>
      </div>
      <Detail text={detail} />
      <Address t={t} url={url} />
    </CardFrame>
  );
}

const orderTone: readonly Tone[] = ["plain", "plain", "plain", "plain", "plain", "ok", "danger"];

export function Order({ t, locale, card }: Shown<typeof ContentKind.ORDER>) {
  const { number, state, timeMs, lines, amount, currency, url, detail } = card.of;
  const total = price(locale, amount, currency);
  return (
    <CardFrame
      icon="box" kind={t("order")} title={number} name="order"
      state={stateWord(t, "order", state)} tone={orderTone[state]}
    >
      <Title text={t("orderNumbered", { number })} />
      {timeMs > 0 && (
        <p class="card-small">
          <Moment locale={locale} timeMs={timeMs} />
        </p>
      )}
      {lines.length > 0 && (
        <ul class="card-lines">
          {lines.map((line, at) => (
            <li key={at}>
              <bdi>{line.title}</bdi>
              <span class="card-small">{t("quantity", { n: line.quantity })}</span>
              <span class="card-sum">{price(locale, line.amount, currency)}</span>
            </li>
          ))}
        </ul>
      )}
      {total && <p class="card-total">{t("total", { price: total })}</p>}
      <Detail text={detail} />
      <Address t={t} url={url} />
    </CardFrame>
  );
}

const parcelTone: readonly Tone[] = ["plain", "plain", "plain", "plain", "ok", "warn"];

export function Parcel({ t, locale, card }: PropsOf<typeof ContentKind.LOGISTICS>) {
  const { carrier, number, state, steps, expectedMs, url } = card.of;
  const [open, set_open] = useState(false);
  const newest = [...steps].reverse();
  const shown = open ? newest : newest.slice(0, STEPS_SHOWN);
  return (
    <CardFrame
      icon="truck" kind={t("parcel")} title={`${carrier} ${number}`} name="logistics"
      state={stateWord(t, "parcel", state)} tone={parcelTone[state]}
    >
      <p class="card-title">
        <bdi>{carrier}</bdi> <bdi class="card-number">{number}</bdi>
      </p>
      {expectedMs > 0 && (
        <p class="card-small">
          {t("expected", { time: "" })}
          <Moment locale={locale} timeMs={expectedMs} />
        </p>
      )}
      {shown.length > 0 && (
        <ol class="card-track">
          {shown.map(({ timeMs, title, place }, at) => (
            <li key={steps.length - at} class={at === 0 ? "now" : ""}>
              <p dir="auto">{title}</p>
              <p class="card-small">
                {timeMs > 0 && <Moment locale={locale} timeMs={timeMs} />}
                {timeMs > 0 && place && " \u00b7 "}
                <bdi>{place}</bdi>
              </p>
            </li>
          ))}
        </ol>
      )}
      {newest.length > STEPS_SHOWN && (
        <button
          type="button" class="card-more" aria-expanded={open} onClick={() => set_open(!open)}
        >
          {open ? t("showLess") : t("showAllOf", { n: newest.length })}
        </button>
      )}
      <Address t={t} url={url} />
    </CardFrame>
  );
}

type TrackProps = {
  readonly t: SayCard;
  readonly steps: readonly string[];
  /** How many of them are done. */
  readonly done: number;
};

/** Where something stands on its way: what is done, where it is, what is to come. */
function Track({ t, steps, done }: TrackProps) {
  const word = (at: number) =>
    t(at + 1 < done ? "stepDone" : at + 1 === done ? "stepNow" : "stepNext");
  return (
    <ol class="card-steps">
      {steps.map((step, at) => (
        <li
          key={at}
          class={at + 1 < done ? "done" : at + 1 === done ? "done now" : ""}
          aria-current={at + 1 === done ? "step" : undefined}
        >
          <span dir="auto">{step}</span>
          <span class="hidden-words">{word(at)}</span>
        </li>
      ))}
    </ol>
  );
}

const REFUND_PAID = 4;
const REFUND_REFUSED = 5;
const refundTone: readonly Tone[] = ["plain", "plain", "plain", "plain", "ok", "danger"];

export function Refund({ t, locale, card }: PropsOf<typeof ContentKind.REFUND>) {
  const { number, state, timeMs, expectedMs, way, detail } = card.of;
  const words = [1, 2, 3, REFUND_PAID].map((step) => stateWord(t, "refund", step));
  return (
    <CardFrame
      icon="coin" kind={t("refund")} title={number} name="refund"
      state={stateWord(t, "refund", state)} tone={refundTone[state]}
    >
      <p class="card-amount">{priceOr(t, locale, card.of)}</p>
      {number && <p class="card-small">{t("orderNumbered", { number })}</p>}
      {state !== REFUND_REFUSED && <Track t={t} steps={words} done={state} />}
      {way && (
        <p class="card-small" dir="auto">
          {t("refundWay", { way })}
        </p>
      )}
      {timeMs > 0 && (
        <p class="card-small">
          {stateWord(t, "refund", state)} <Moment locale={locale} timeMs={timeMs} />
        </p>
      )}
      {expectedMs > 0 && state < REFUND_PAID && (
        <p class="card-small">
          {t("expected", { time: "" })}
          <Moment locale={locale} timeMs={expectedMs} />
        </p>
      )}
      <Detail text={detail} />
    </CardFrame>
  );
}

const visitTone: readonly Tone[] = ["plain", "warn", "ok", "warn", "danger", "plain"];

export function Appointment({ t, locale, card }: PropsOf<typeof ContentKind.APPOINTMENT>) {
  const { title, state, startMs, endMs, place, address, detail, url } = card.of;
  return (
    <CardFrame
      icon="date" kind={t("appointment")} title={title} name="appointment"
      state={stateWord(t, "visit", state)} tone={visitTone[state]}
    >
      <Title text={title} />
      <p class={state === 4 ? "card-when gone" : "card-when"}>
        <time dateTime={new Date(startMs).toISOString()}>
          {endMs > startMs ? spanIn(locale, startMs, endMs) : momentIn(locale, startMs)}
        </time>
      </p>
      {(place || address) && (
        <p class="card-place">
          {place && <b dir="auto">{place}</b>}
          {address && <span dir="auto">{address}</span>}
        </p>
      )}
      <Detail text={detail} />
      <Address t={t} url={url} />
    </CardFrame>
  );
}

export function Progress({ t, locale, card }: PropsOf<typeof ContentKind.PROGRESS_STEP>) {
  const { subject, steps, at, detail, timeMs, expectedMs } = card.of;
  const ready = at === steps.length;
  return (
    <CardFrame
      icon="steps" kind={t("progress")} title={subject} name="progress"
      state={steps[at - 1]} tone={ready ? "ok" : "plain"}
    >
      <Title text={subject} />
      <Track t={t} steps={steps} done={at} />
      <Detail text={detail} />
      {timeMs > 0 && (
        <p class="card-small">
          {steps[at - 1]} <Moment locale={locale} timeMs={timeMs} />
        </p>
      )}
      {expectedMs > 0 && !ready && (
        <p class="card-small">
          {t("expected", { time: "" })}
          <Moment locale={locale} timeMs={expectedMs} />
        </p>
      )}
    </CardFrame>
  );
}

export function Article({ t, card }: PropsOf<typeof ContentKind.ARTICLE>) {
  const { title, text, url } = card.of;
  return (
    <CardFrame icon="page" kind={t("article")} title={title} name="article">
      <Title text={title} />
      {text && <FoldedText t={t} text={text} most={ARTICLE_SHOWN} />}
      <Address t={t} url={url} />
    </CardFrame>
  );
}

export function Given({ t, locale, card }: PropsOf<typeof ContentKind.DECISION_GIVEN>) {
  const { choice, title } = card.of;
  const agreed = choice === Decision.agreed;
  const said = agreed ? "agreed" : choice === Decision.declined ? "declined" : "withdrawn";
  const sum = agreed ? priceOr(t, locale, card.of) : "";
  return (
    <CardFrame
      icon={agreed ? "yes" : "no"} kind={t("decisionGiven")} title={title} name="given"
      state={t(said)} tone={agreed ? "ok" : choice === Decision.declined ? "danger" : "plain"}
    >
      <Title text={title} />
      {sum && <p class="card-amount">{sum}</p>}
    </CardFrame>
  );
}

export function Stars({ stars }: { stars: number }) {
  return (
    <span class="card-stars" aria-hidden="true">
      {[1, 2, 3, 4, 5].map((each) => (
        <CardSign key={each} name="star" filled={each <= stars} />
      ))}
    </span>
  );
}

export function Rated({ t, card }: PropsOf<typeof ContentKind.RATING_GIVEN>) {
  const { stars, text } = card.of;
  const word = stateWord(t, "stars", stars);
  return (
    <CardFrame icon="star" kind={t("rating")} title="" name="rated">
      <p>
        <Stars stars={stars} />
        <span class="hidden-words">{t("starsOf", { n: stars, word })}</span>
        <span aria-hidden="true">{word}</span>
      </p>
      <Detail text={text} />
    </CardFrame>
  );
}
