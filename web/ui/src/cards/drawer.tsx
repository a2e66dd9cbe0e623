// Draws cards into their messages, and what there is to be drawn of their words.
import { render } from "preact";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { cardsIn, type SayCard } from "../../i18n/cards/index.ts";
import type { Locale } from "../../i18n/index.ts";
import { AuthorClass, type Item } from "../conversation.ts";
import { RichText } from "../text.tsx";
import { drawWords } from "../tools/words.tsx";
import { Beyond } from "./beyond.ts";
import { Filled, Form } from "./form.tsx";
import type { CardsHost, Drawer, DrawInto, Drawn } from "./host.ts";
import type { CardProps } from "./parts.tsx";
import { Choices, DecisionAsked, RatingAsked, Replies } from "./questions.tsx";
import { isCardKind } from "./kinds.ts";
import { isKnownKind, readCard, type Card } from "./read.ts";
import { asks, isQuestion, settledIn, type Settled, type Side } from "./settle.ts";
import {
  Appointment,
  Article,
  Given,
  Order,
  Parcel,
  Product,
  Progress,
  Rated,
  Refund,
} from "./view.tsx";

const OPEN: Settled = { state: "open" };

export function CardView(props: CardProps) {
  const { card } = props;
  switch (card.kind) {
    case ContentKind.PRODUCT:
      return <Product {...props} card={card} />;
    case ContentKind.ORDER:
      return <Order {...props} card={card} />;
    case ContentKind.LOGISTICS:
      return <Parcel {...props} card={card} />;
    case ContentKind.REFUND:
      return <Refund {...props} card={card} />;
    case ContentKind.FORM:
      return <Form {...props} card={card} />;
    case ContentKind.FORM_ANSWER:
      return <Filled {...props} card={card} />;
    case ContentKind.QUICK_REPLIES:
      return <Replies {...props} card={card} />;
    case ContentKind.CHOICES:
      return <Choices {...props} card={card} />;
    case ContentKind.APPOINTMENT:
      return <Appointment {...props} card={card} />;
    case ContentKind.PROGRESS_STEP:
      return <Progress {...props} card={card} />;
    case ContentKind.DECISION_ASKED:
      return <DecisionAsked {...props} card={card} />;
    case ContentKind.DECISION_GIVEN:
      return <Given {...props} card={card} />;
    case ContentKind.RATING_ASKED:
      return <RatingAsked {...props} card={card} />;
    case ContentKind.RATING_GIVEN:
      return <Rated {...props} card={card} />;
    case ContentKind.ARTICLE:
      return <Article {...props} card={card} />;
  }
}

/** A kind that comes with a later version: its words, and how to see more. */
function Unknown({ t, text }: { t: SayCard; text: string }) {
  return (
    <>
      {text && <RichText text={text} />}
      <p class="card-small" data-testid="unknown-kind">
        {t("updateToSee")}
      </p>
    </>
  );
}

/** No card is believed to whom nothing is, and nobody but the shop asks. */
function isShownAsCard(item: Item, side: Side): boolean {
  const believed = item.authorClass !== AuthorClass.stranger;
  return believed && (!asks(item.kind) || isQuestion(item, side));
}

class CardDrawer implements Drawer {
  readonly stage = 2;
  private readonly beyond: Beyond;
  /** What may be settled by what stands behind the window, by place. */
  private readonly waiting = new Map<HTMLElement, Drawn>();

  constructor(private readonly host: CardsHost) {
    this.beyond = new Beyond(host.session, (log) => this.again(log));
    // What comes behind the window changes nothing in it, and may settle what stands there.
    host.session.logs.subscribe(() => {
      for (const log of new Set([...this.waiting.values()].map(({ inside }) => inside.log))) {
        if (this.beyond.of(log).checking) {
          this.again(log);
        }
      }
    });
  }

  of(item: Item, words: string): DrawInto | undefined {
    const { kind, content, problem } = item;
    if (problem || !content || kind === ContentKind.TEXT) {
      return drawWords(this.host, item, words);
    }
    if (isKnownKind(kind)) {
      return isShownAsCard(item, this.host.side) && readCard(kind, content) ? this.card : undefined;
    }
    return isCardKind(kind) ? this.unknown : undefined;
  }

  private readonly unknown: DrawInto = (place, { item }) => {
    const t = cardsIn(this.host.locale());
    render(<Unknown t={t} text={item.text} />, place);
  };

  private readonly card: DrawInto = (place, drawn) => {
    const { host } = this;
    const { item, inside, nowMs } = drawn;
    const card = readCard(item.kind, item.content) as Card;
    const question = isQuestion(item, host.side) && !inside.isNote;
    const { items, checking } = question
      ? this.beyond.of(inside.log)
      : { items: [], checking: false };
    const settled = question
      ? settledIn(inside.items, items, item, card, nowMs, host.side)
      : OPEN;
    const unsettled = settled.state === "open" || settled.state === "sending";
    if (question && unsettled && host.session.logs.peek().get(inside.log)?.newer) {
      this.waiting.set(place, drawn);
    } else {
      this.waiting.delete(place);
    }
    const locale: Locale = host.locale();
    const about = { item, inside, host, settled, checking };
    render(<CardView t={cardsIn(locale)} locale={locale} card={card} {...about} />, place);
  };

  private again(log: string): void {
    for (const [place, drawn] of [...this.waiting]) {
      if (!place.isConnected) {
        this.waiting.delete(place);
      } else if (drawn.inside.log === log) {
        this.card(place, drawn);
      }
    }
  }
}

export const makeDrawer = (host: CardsHost): Drawer => new CardDrawer(host);
