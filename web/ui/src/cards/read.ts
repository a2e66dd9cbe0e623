// From the bytes of a message to a card that may be shown: every field of every kind has a rule,
// and what breaks one is no card.
import { decode, encode, type Table } from "../../../engine/src/codec.ts";
import {
  AppointmentCard,
  ArticleCard,
  ChoicesCard,
  ContentKind,
  DecisionAsked,
  DecisionGiven,
  FormAnswer,
  FormCard,
  LogisticsCard,
  OrderCard,
  ProductCard,
  ProgressStep,
  QuickReplies,
  RatingAsked,
  RatingGiven,
  RefundCard,
  type Choice,
  type FieldAnswer,
  type FormField,
  type LogisticsStep,
  type OrderLine,
} from "../../../engine/src/gen/wire.ts";
import { pictureUrl } from "../avatar.tsx";
import { sizeOf } from "../media/kinds.ts";
import * as max from "./limits.ts";
import { isCurrency } from "./money.ts";

type Shapes = {
  [ContentKind.PRODUCT]: ProductCard;
  [ContentKind.ORDER]: OrderCard;
  [ContentKind.LOGISTICS]: LogisticsCard;
  [ContentKind.REFUND]: RefundCard;
  [ContentKind.FORM]: FormCard;
  [ContentKind.FORM_ANSWER]: FormAnswer;
  [ContentKind.QUICK_REPLIES]: QuickReplies;
  [ContentKind.CHOICES]: ChoicesCard;
  [ContentKind.APPOINTMENT]: AppointmentCard;
  [ContentKind.PROGRESS_STEP]: ProgressStep;
  [ContentKind.DECISION_ASKED]: DecisionAsked;
  [ContentKind.DECISION_GIVEN]: DecisionGiven;
  [ContentKind.RATING_ASKED]: RatingAsked;
  [ContentKind.RATING_GIVEN]: RatingGiven;
  [ContentKind.ARTICLE]: ArticleCard;
};

export type CardKind = keyof Shapes;
export type CardOf<K extends CardKind> = { readonly kind: K; readonly of: Shapes[K] };
export type Card = { [K in CardKind]: CardOf<K> }[CardKind];

/** Kinds of a field of a form. */
export const FieldKind = {
  words: 1, lines: 2, number: 3, date: 4, option: 5, phone: 6, email: 7,
} as const;
export const Decision = { agreed: 1, declined: 2, withdrawn: 3 } as const;

type Rule<V> = (value: V) => boolean;
type Rules<T> = { readonly [K in keyof T]-?: Rule<T[K]> };

/** Characters, as people count them. */
const length = (text: string): number => [...text].length;
const words = (most: number, least = 0): Rule<string> => (text) => {
  const count = text.length > 4 * most ? Infinity : length(text.trim());
  return count >= least && count <= most;
};
const whole = (most: number, least = 0): Rule<number> => (value) =>
  Number.isSafeInteger(value) && value >= least && value <= most;
const list = <T>(most: number, least: number, each: Rule<T>): Rule<T[]> => (values) =>
  values.length >= least && values.length <= most && values.every(each);
const every_field = <T>(rules: Rules<T>): Rule<T> => (value) =>
  (Object.keys(rules) as (keyof T)[]).every((key) => rules[key](value[key]));
const whatever = (): boolean => true;

const title = words(max.TITLE_MAX, 1);
const detail = words(max.DETAIL_MAX);
const short = words(max.SHORT_MAX);
const time = whole(max.TIME_MS_MAX);
const amount = whole(max.AMOUNT_MAX);
const currency: Rule<string> = (text) => text === "" || isCurrency(text);
// It is drawn unasked, and a few bytes can claim any number of dots.
const picture: Rule<Uint8Array> = (bytes) =>
  bytes.length === 0 ||
  (bytes.length <= max.PICTURE_BYTES_MAX &&
    pictureUrl(bytes) !== undefined &&
    Math.max(...(sizeOf(bytes) ?? [Infinity])) <= max.PICTURE_SIDE_MAX);

/** An address that may be opened, and its host; nothing for any other. */
export function addressOf(text: string): { href: string; host: string } | undefined {
  try {
    const url = new URL(text);
    const is_web = url.protocol === "https:" || url.protocol === "http:";
    const misleads = url.username !== "" || url.password !== "";
    return is_web && !misleads ? { href: url.href, host: url.host } : undefined;
  } catch {
    return undefined;
  }
}

const url: Rule<string> = (text) =>
  text === "" || (text.length <= max.URL_MAX && addressOf(text) !== undefined);

const line = every_field<OrderLine>({ title, quantity: whole(max.QUANTITY_MAX, 1), amount });
const step = every_field<LogisticsStep>({ timeMs: time, title, place: words(max.TITLE_MAX) });
const choice = every_field<Choice>({ title, detail: words(max.TITLE_MAX), amount, currency });
const value = every_field<FieldAnswer>({
  at: whole(Math.max(max.FIELDS_MAX, max.CHOICES_MAX), 1),
  text: words(max.ANSWER_MAX, 1),
});
const distinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;
const options = list(max.OPTIONS_MAX, 0, title);
const field: Rule<FormField> = (each) =>
  every_field<FormField>({
    kind: whole(FieldKind.email, 1), label: title, hint: words(max.TITLE_MAX), required: whatever,
    options,
  })(each) &&
  distinct(each.options) &&
  (each.options.length > 1) === (each.kind === FieldKind.option);

const rules: { readonly [K in CardKind]: Rule<Shapes[K]> } = {
  [ContentKind.PRODUCT]: every_field<ProductCard>({
    title, detail, sku: short, amount, formerAmount: amount, currency, url, picture,
  }),
  [ContentKind.ORDER]: every_field<OrderCard>({
    number: words(max.SHORT_MAX, 1), state: whole(6, 1), timeMs: time,
    lines: list(max.LINES_MAX, 0, line), amount, currency, url, detail,
  }),
  [ContentKind.LOGISTICS]: every_field<LogisticsCard>({
    carrier: words(max.SHORT_MAX, 1), number: short, state: whole(5, 1),
    steps: list(max.STEPS_MAX, 0, step), expectedMs: time, url,
  }),
  [ContentKind.REFUND]: every_field<RefundCard>({
    number: short, amount, currency: isCurrency, state: whole(5, 1), timeMs: time,
    expectedMs: time, way: words(max.TITLE_MAX), detail,
  }),
  [ContentKind.FORM]: every_field<FormCard>({
    title, detail, fields: list(max.FIELDS_MAX, 1, field), untilMs: time,
  }),
  [ContentKind.FORM_ANSWER]: (answer) =>
    every_field<FormAnswer>({
      values: list(Math.max(max.FIELDS_MAX, max.CHOICES_MAX), 1, value),
    })(answer) && distinct(answer.values.map(({ at }) => String(at))),
  [ContentKind.QUICK_REPLIES]: (card) =>
    every_field<QuickReplies>({
      text: detail, replies: list(max.REPLIES_MAX, 1, words(max.REPLY_MAX, 1)),
    })(card) && distinct(card.replies),
  [ContentKind.CHOICES]: every_field<ChoicesCard>({
    title, detail, choices: list(max.CHOICES_MAX, 2, choice), most: whole(max.CHOICES_MAX),
    untilMs: time,
  }),
  [ContentKind.APPOINTMENT]: (card) =>
    every_field<AppointmentCard>({
      title, state: whole(5, 1), startMs: whole(max.TIME_MS_MAX, 1), endMs: time,
      place: words(max.TITLE_MAX), address: words(max.TITLE_MAX * 2), detail, url,
    })(card) && (card.endMs === 0 || card.endMs >= card.startMs),
  [ContentKind.PROGRESS_STEP]: (card) =>
    every_field<ProgressStep>({
      subject: title, steps: list(max.PROGRESS_MAX, 1, title), at: whole(max.PROGRESS_MAX),
      detail, timeMs: time, expectedMs: time,
    })(card) && card.at <= card.steps.length,
  [ContentKind.DECISION_ASKED]: every_field<DecisionAsked>({
    title, detail, amount, currency, untilMs: time,
  }),
  [ContentKind.DECISION_GIVEN]: every_field<DecisionGiven>({
    choice: whole(Decision.withdrawn, 1), title: words(max.TITLE_MAX), amount, currency,
  }),
  [ContentKind.RATING_ASKED]: every_field<RatingAsked>({
    title: words(max.TITLE_MAX), untilMs: time,
  }),
  [ContentKind.RATING_GIVEN]: every_field<RatingGiven>({
    stars: whole(max.STARS_MAX, 1), text: words(max.ANSWER_MAX),
  }),
  [ContentKind.ARTICLE]: every_field<ArticleCard>({
    title, text: words(max.ARTICLE_MAX), url,
  }),
};

const tables: { readonly [K in CardKind]: Table<Shapes[K]> } = {
  [ContentKind.PRODUCT]: ProductCard,
  [ContentKind.ORDER]: OrderCard,
  [ContentKind.LOGISTICS]: LogisticsCard,
  [ContentKind.REFUND]: RefundCard,
  [ContentKind.FORM]: FormCard,
  [ContentKind.FORM_ANSWER]: FormAnswer,
  [ContentKind.QUICK_REPLIES]: QuickReplies,
  [ContentKind.CHOICES]: ChoicesCard,
  [ContentKind.APPOINTMENT]: AppointmentCard,
  [ContentKind.PROGRESS_STEP]: ProgressStep,
  [ContentKind.DECISION_ASKED]: DecisionAsked,
  [ContentKind.DECISION_GIVEN]: DecisionGiven,
  [ContentKind.RATING_ASKED]: RatingAsked,
  [ContentKind.RATING_GIVEN]: RatingGiven,
  [ContentKind.ARTICLE]: ArticleCard,
};

/** This version can read it. */
export const isKnownKind = (kind: number): kind is CardKind => kind in tables;

// Control characters but the line's end, and those that turn the direction of what follows.
const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export const cleaned = (text: string): string => text.replace(UNSEEN, "");

function clean<T>(value: T): T {
  if (typeof value === "string") {
    return cleaned(value) as T;
  }
  if (Array.isArray(value)) {
    return value.map(clean) as T;
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, clean(v)])) as T;
  }
  return value;
}

/** Whether it keeps to every limit. */
export function isFit(card: Card): boolean {
  return (rules[card.kind] as Rule<Card["of"]>)(card.of);
}

const known = new WeakMap<Uint8Array, Card | "none">();

/** Nothing where the bytes are no card of that kind. */
export function readCard(kind: number, content: Uint8Array | undefined): Card | undefined {
  if (!isKnownKind(kind) || !content) {
    return undefined;
  }
  let found = known.get(content);
  if (!found) {
    try {
      const of = clean(decode(tables[kind] as Table<object>, content));
      const card = { kind, of } as Card;
      found = isFit(card) ? card : "none";
    } catch {
      found = "none";
    }
    known.set(content, found);
  }
  return found === "none" ? undefined : found;
}

export function bytesOf(card: Card): Uint8Array {
  return encode(tables[card.kind] as Table<object>, card.of);
}
