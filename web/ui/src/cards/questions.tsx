// Cards that ask: what is asked, the way to answer, and what became of it.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { fromHex } from "../../../engine/src/text.ts";
import { mostOf } from "./answers.ts";
import { momentIn } from "../moment.ts";
import { priceOr, stateWord } from "./fallback.ts";
import { kept, keep } from "./kept.ts";
import { price } from "./money.ts";
import {
  CardFrame,
  CardSign,
  Detail,
  Title,
  type CardProps,
  type PropsOf,
} from "./parts.tsx";
import { Decision, readCard } from "./read.ts";
import { sendCard, withdraw } from "./say.ts";
import { endOf, isQuestion } from "./settle.ts";

/** This person can answer it now. */
export function mayAnswer({ host, settled, checking, item, inside }: CardProps): boolean {
  const open = settled.state === "open" && !checking && !inside.isNote;
  return open && host.side === "customer" && host.canWrite() && item.seq > 0;
}

const doneWord = {
  [ContentKind.FORM]: "answered",
  [ContentKind.CHOICES]: "chosen",
  [ContentKind.QUICK_REPLIES]: "chosen",
  [ContentKind.RATING_ASKED]: "rated",
} as const;

/** What became of it, in a word. */
function outcome({ t, card, settled }: CardProps): string {
  const { by } = settled;
  if (card.kind === ContentKind.DECISION_ASKED) {
    const given = by && readCard(by.kind, by.content);
    const choice = given?.kind === ContentKind.DECISION_GIVEN ? given.of.choice : 0;
    return t(choice === Decision.agreed ? "agreed" : "declined");
  }
  return t(doneWord[card.kind as keyof typeof doneWord] ?? "answered");
}

/** The line under a question. It is told when it changes. */
function StateOf(props: CardProps) {
  const { t, locale, settled, checking, host, card } = props;
  const { state, by } = settled;
  const end_ms = endOf(card);
  const said = () => {
    switch (state) {
      case "sending":
        return t("sending");
      case "answered":
      case "withdrawn": {
        const word = state === "answered" ? outcome(props) : t("withdrawn");
        return by ? t("at", { state: word, time: momentIn(locale, by.timeMs) }) : word;
      }
      case "expired":
        return t(settled.late ? "tooLate" : "expired");
      default:
        return checking ? t("checking") : host.side === "shop" ? t("waitsForCustomer") : "";
    }
  };
  return (
    <p class={`card-state state-is-${state}`} role="status" data-testid="card-state">
      {state === "answered" && <CardSign name="yes" />}
      {said()}
      {state === "open" && end_ms > 0 && (
        <span>{t("until", { time: momentIn(locale, end_ms) })}</span>
      )}
    </p>
  );
}

/** A sentence and two ways on; the focus goes to the sentence, so that no press is doubled. */
function Ask(props: { words: string; children: ComponentChildren; onBack: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      props.onBack();
    }
  };
  return (
    <div
      class="card-ask" ref={box} tabIndex={-1} role="group" aria-label={props.words}
      data-testid="card-ask" onKeyDown={keydown}
    >
      <p>{props.words}</p>
      <div class="card-buttons">{props.children}</div>
    </div>
  );
}

/** The shop's own way out of a question. */
function Withdraw(props: CardProps & { title: string }) {
  const { t, host, settled, item, inside, title } = props;
  const [asks, set_asks] = useState(false);
  const open = settled.state === "open" && !props.checking && host.canWrite();
  if (host.side !== "shop" || !open || item.seq === 0 || !isQuestion(item, host.side)) {
    return null;
  }
  if (!asks) {
    return (
      <button
        type="button" class="card-more" data-testid="card-withdraw" onClick={() => set_asks(true)}
      >
        {t("withdraw")}
      </button>
    );
  }
  const yes = () => {
    set_asks(false);
    withdraw(host, inside.log, item, title);
  };
  return (
    <Ask words={t("withdrawAsk")} onBack={() => set_asks(false)}>
      <button type="button" class="card-no" onClick={() => set_asks(false)}>
        {t("back")}
      </button>
      <button type="button" class="card-yes" data-testid="card-confirm" onClick={yes}>
        {t("withdraw")}
      </button>
    </Ask>
  );
}

/** Under each question alike. */
export function Foot(props: CardProps & { title: string }) {
  return (
    <>
      <StateOf {...props} />
      <Withdraw {...props} />
    </>
  );
}

export function DecisionAsked(props: PropsOf<typeof ContentKind.DECISION_ASKED>) {
  const { t, locale, card, host, item, inside } = props;
  const { title, detail, amount, currency } = card.of;
  const [asks, set_asks] = useState<"" | "agree" | "decline">("");
  const sum = priceOr(t, locale, card.of);
  const to_pay = price(locale, amount, currency);
  const may = mayAnswer(props);
  const give = () => {
    const choice = asks === "agree" ? Decision.agreed : Decision.declined;
    const of = { choice, title, amount, currency };
    set_asks("");
    sendCard(host.session, inside.log, { kind: ContentKind.DECISION_GIVEN, of }, item);
  };
  const question = () => {
    const agrees = amount && to_pay ? "confirmAgree" : "confirmAgreeFree";
    return t(asks === "agree" ? agrees : "confirmDecline", { title, price: to_pay });
  };
  return (
    <CardFrame icon="ask" kind={t("decision")} title={title} name="decision">
      <Title text={title} />
      {sum && <p class="card-amount">{sum}</p>}
      <Detail text={detail} />
      {may && !asks && (
        <div class="card-buttons">
          <button
            type="button" class="card-no" data-testid="card-decline"
            onClick={() => set_asks("decline")}
          >
            {t("decline")}
          </button>
          <button
            type="button" class="card-yes" data-testid="card-agree"
            onClick={() => set_asks("agree")}
          >
            {amount && to_pay ? t("agreePrice", { price: to_pay }) : t("agree")}
          </button>
        </div>
      )}
      {may && asks && (
        <Ask words={question()} onBack={() => set_asks("")}>
          <button type="button" class="card-no" onClick={() => set_asks("")}>
            {t("back")}
          </button>
          <button type="button" class="card-yes" data-testid="card-confirm" onClick={give}>
            {t(asks === "agree" ? "agree" : "decline")}
          </button>
        </Ask>
      )}
      <Foot {...props} title={title} />
    </CardFrame>
  );
}

export function Replies(props: PropsOf<typeof ContentKind.QUICK_REPLIES>) {
  const { t, card, host, item, inside, settled } = props;
  const { text, replies } = card.of;
  const may = mayAnswer(props);
  const chosen = settled.by?.kind === ContentKind.TEXT ? settled.by.text : "";
  return (
    <CardFrame icon="list" kind={t("replies")} title={text} name="replies">
      {text && <Title text={text} />}
      <ul class="card-chips">
        {replies.map((reply) => (
          <li key={reply}>
            {may ? (
              <button
                type="button" dir="auto" data-testid="card-reply"
                onClick={() => host.session.reply(reply, fromHex(inside.log), item)}
              >
                {reply}
              </button>
            ) : (
              <span dir="auto" class={reply === chosen ? "chosen" : ""}>
                {reply}
              </span>
            )}
          </li>
        ))}
      </ul>
      <Foot {...props} title={text} />
    </CardFrame>
  );
}

export function Choices(props: PropsOf<typeof ContentKind.CHOICES>) {
  const { t, locale, card, host, item, inside, settled } = props;
  const { title, detail, choices } = card.of;
  const most = mostOf(card);
  const key = `${inside.log} ${item.key}`;
  const [picked, set_picked] = useState<readonly number[]>(() => kept<readonly number[]>(key, []));
  const [wrong, set_wrong] = useState(false);
  const may = mayAnswer(props);
  const answer = settled.by && readCard(settled.by.kind, settled.by.content);
  const said = answer?.kind === ContentKind.FORM_ANSWER ? answer.of.values : [];
  const pick = (at: number, on: boolean) => {
    const others = picked.filter((each) => each !== at);
    const next = on ? (most === 1 ? [at] : [...others, at].slice(-most)) : others;
    keep(key, next);
    set_picked(next);
    set_wrong(false);
  };
  const send = (event: Event) => {
    event.preventDefault();
    const values = [...picked]
      .sort((a, b) => a - b)
      .map((at) => ({ at, text: choices[at - 1]?.title ?? "" }));
    set_wrong(values.length === 0);
    if (values.length) {
      const of = { values };
      sendCard(host.session, inside.log, { kind: ContentKind.FORM_ANSWER, of }, item);
    }
  };
  return (
    <CardFrame icon="list" kind={t("choices")} title={title} name="choices">
      <form onSubmit={send} noValidate>
        <fieldset class="card-set" disabled={!may} aria-label={title}>
          <Title text={title} />
          <Detail text={detail} />
          {most > 1 && <p class="card-small">{t("chooseUpTo", { n: most })}</p>}
          {choices.map((choice, index) => {
            const at = index + 1;
            const chosen = may ? picked.includes(at) : said.some((each) => each.at === at);
            const sum = price(locale, choice.amount, choice.currency);
            return (
              <label key={at} class={`card-choice${chosen ? " chosen" : ""}`}>
                <input
                  type={most > 1 ? "checkbox" : "radio"}
                  name={`choice ${item.key}`}
                  checked={chosen}
                  data-testid="card-choice"
                  onChange={(event) => pick(at, event.currentTarget.checked)}
                />
                <span>
                  <span dir="auto">{choice.title}</span>
                  {choice.detail && (
                    <span class="card-small" dir="auto">
                      {choice.detail}
                    </span>
                  )}
                </span>
                {sum && <b class="card-sum">{sum}</b>}
              </label>
            );
          })}
        </fieldset>
        {wrong && (
          <p class="card-wrong" role="alert">
            {t("choiceMissing")}
          </p>
        )}
        {may && (
          <div class="card-buttons">
            <button type="submit" class="card-yes" data-testid="card-submit">
              {t("choose")}
            </button>
          </div>
        )}
      </form>
      <Foot {...props} title={title} />
    </CardFrame>
  );
}

const STARS = [1, 2, 3, 4, 5];

export function RatingAsked(props: PropsOf<typeof ContentKind.RATING_ASKED>) {
  const { t, card, host, item, inside, settled } = props;
  const key = `${inside.log} ${item.key}`;
  const [stars, set_stars] = useState(0);
  const [text, set_text] = useState(() => kept(key, ""));
  const [wrong, set_wrong] = useState(false);
  const may = mayAnswer(props);
  const answer = settled.by && readCard(settled.by.kind, settled.by.content);
  const given = answer?.kind === ContentKind.RATING_GIVEN ? answer.of.stars : 0;
  const title = card.of.title || t("rateHow");
  const shown = may ? stars : given;
  const send = (event: Event) => {
    event.preventDefault();
    set_wrong(stars === 0);
    if (stars) {
      const of = { stars, text: text.trim() };
      sendCard(host.session, inside.log, { kind: ContentKind.RATING_GIVEN, of }, item);
    }
  };
  return (
    <CardFrame icon="star" kind={t("rating")} title={title} name="rating">
      <form onSubmit={send} noValidate>
        <fieldset class="card-set" disabled={!may} aria-label={title}>
          <Title text={title} />
          <div class="card-rate">
            {STARS.map((each) => {
              const word = stateWord(t, "stars", each);
              return (
                <label key={each} title={word} class={each <= shown ? "on" : ""}>
                  <input
                    type="radio"
                    name={`stars ${item.key}`}
                    aria-label={t("starsOf", { n: each, word })}
                    checked={each === shown}
                    data-testid="card-star"
                    onChange={() => {
                      set_stars(each);
                      set_wrong(false);
                    }}
                  />
                  <CardSign name="star" filled={each <= shown} />
                </label>
              );
            })}
            <span class="card-small">{shown ? stateWord(t, "stars", shown) : ""}</span>
          </div>
          {may && stars > 0 && (
            <textarea
              class="card-field" rows={2} maxLength={1000} dir="auto" value={text}
              aria-label={t("rateMore")} placeholder={t("rateMore")} data-testid="card-rate-more"
              onInput={({ currentTarget }) => {
                keep(key, currentTarget.value);
                set_text(currentTarget.value);
              }}
            />
          )}
        </fieldset>
        {wrong && (
          <p class="card-wrong" role="alert">
            {t("starsMissing")}
          </p>
        )}
        {may && (
          <div class="card-buttons">
            <button type="submit" class="card-yes" data-testid="card-submit">
              {t("rate")}
            </button>
          </div>
        )}
      </form>
      <Foot {...props} title={title} />
    </CardFrame>
  );
}
