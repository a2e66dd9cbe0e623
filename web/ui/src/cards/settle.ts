// What became of a question: one rule for both sides (docs/PROTOCOL.md section 5.14), a fold over
// the messages that name it.
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { AMEND_MS_MAX, idOf } from "../amend.ts";
import { AuthorClass, type Item } from "../conversation.ts";
import { answerProblem } from "./answers.ts";
import { Decision, readCard, type Card } from "./read.ts";

/** `sending`: an own answer or withdrawal is on its way. */
export type Settled = {
  readonly state: "open" | "sending" | "answered" | "withdrawn" | "expired";
  /** What settled it, or is about to. */
  readonly by?: Item;
  /** Somebody's answer that came after the end. */
  readonly late?: Item;
};

const OPEN: Settled = { state: "open" };

const QUESTIONS: ReadonlySet<number> = new Set([
  ContentKind.FORM,
  ContentKind.CHOICES,
  ContentKind.QUICK_REPLIES,
  ContentKind.DECISION_ASKED,
  ContentKind.RATING_ASKED,
]);

export const asks = (kind: number): boolean => QUESTIONS.has(kind);

export type Side = "customer" | "shop";

/** What was written here has no class of its own before it comes from the store. */
function classOf({ authorClass, mine }: Item, side: Side): number {
  return authorClass || !mine ? authorClass : AuthorClass[side];
}

function ofShop(item: Item, side: Side): boolean {
  const author_class = classOf(item, side);
  return author_class === AuthorClass.shop || author_class === AuthorClass.desk;
}

/** It asks something of the customer. */
export const isQuestion = (item: Item, side: Side): boolean =>
  asks(item.kind) && !item.problem && ofShop(item, side);

export function endOf(card: Card): number {
  return "untilMs" in card.of ? card.of.untilMs : 0;
}

/** Whether this answer fits that question, whoever gave it and whenever. */
function fits(question: Card, item: Item): boolean {
  if (question.kind === ContentKind.QUICK_REPLIES) {
    return item.kind === ContentKind.TEXT && question.of.replies.includes(item.text);
  }
  const answer = readCard(item.kind, item.content);
  switch (question.kind) {
    case ContentKind.DECISION_ASKED: {
      const { title, amount, currency } = question.of;
      return (
        answer?.kind === ContentKind.DECISION_GIVEN &&
        answer.of.choice !== Decision.withdrawn &&
        answer.of.title === title &&
        answer.of.amount === amount &&
        answer.of.currency === currency
      );
    }
    case ContentKind.FORM:
    case ContentKind.CHOICES:
      return answer?.kind === ContentKind.FORM_ANSWER && !answerProblem(question, answer.of);
    case ContentKind.RATING_ASKED:
      return answer?.kind === ContentKind.RATING_GIVEN;
    default:
      return false;
  }
}

function takesBack(question: Item, item: Item, side: Side): boolean {
  if (item.kind === ContentKind.RECALL) {
    const after_ms = item.timeMs - question.timeMs;
    const in_time = !item.seq || (after_ms >= 0 && after_ms <= AMEND_MS_MAX);
    return item.author === question.author && in_time;
  }
  const answer = readCard(item.kind, item.content);
  const withdraws =
    answer?.kind === ContentKind.DECISION_GIVEN && answer.of.choice === Decision.withdrawn;
  return withdraws && ofShop(item, side);
}

const inOrder = (one: Item, other: Item): number =>
  (one.seq || Infinity) - (other.seq || Infinity) || one.timeMs - other.timeMs;

/** `about` are the messages that name the question, in any order. */
export function settledBy(
  question: Item,
  card: Card,
  about: readonly Item[],
  now_ms: number,
  side: Side,
): Settled {
  const end_ms = endOf(card);
  let late: Item | undefined;
  for (const item of [...about].sort(inOrder)) {
    const author_class = classOf(item, side);
    if (item.problem || item.refused || author_class === AuthorClass.stranger) {
      continue;
    }
    if (takesBack(question, item, side)) {
      return { state: item.seq ? "withdrawn" : "sending", by: item };
    }
    if (author_class !== AuthorClass.customer || !fits(card, item)) {
      continue;
    }
    if (!item.seq) {
      return { state: "sending", by: item };
    }
    if (!end_ms || item.timeMs <= end_ms) {
      return { state: "answered", by: item };
    }
    late ??= item;
  }
  const over = end_ms > 0 && now_ms > end_ms;
  return late ? { state: "expired", late } : over ? { state: "expired" } : OPEN;
}

const indexed = new WeakMap<readonly Item[], ReadonlyMap<string, readonly Item[]>>();

/** What names each message, by that message's id. */
function byTarget(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const before = indexed.get(items);
  if (before) {
    return before;
  }
  const found = new Map<string, Item[]>();
  for (const item of items) {
    if (item.target) {
      const id = idOf(item.target.author, item.target.counter);
      const others = found.get(id);
      if (others) {
        others.push(item);
      } else {
        found.set(id, [item]);
      }
    }
  }
  indexed.set(items, found);
  return found;
}

/** `beyond`: what names it and stands behind the window. */
export function settledIn(
  items: readonly Item[],
  beyond: readonly Item[],
  question: Item,
  card: Card,
  now_ms: number,
  side: Side,
): Settled {
  const id = idOf(question.author, question.counter);
  const inside = question.counter ? (byTarget(items).get(id) ?? []) : [];
  const later = beyond.filter(({ target, seq }) => {
    const here = inside.some((item) => item.seq === seq);
    return target !== undefined && idOf(target.author, target.counter) === id && !here;
  });
  return settledBy(question, card, [...inside, ...later], now_ms, side);
}
