// What is asked of an agent who makes a card: each kind's fields, once, for the form, its checks
// and the card that comes of it.
import { ContentKind } from "../../engine/src/gen/wire.ts";
import type { CardKind } from "../../ui/src/cards/read.ts";
import { FieldKind } from "../../ui/src/cards/read.ts";
import * as max from "../../ui/src/cards/limits.ts";
import type { CardsKey } from "../../ui/i18n/cards/index.ts";
import type { ComposeKey } from "../i18n/cards/index.ts";

type Common = {
  /** In the card's message. */
  readonly name: string;
  readonly label: ComposeKey;
  readonly required?: boolean;
};

/** What a field takes. `list`: one a line. `rows`: as often as needed, each with its own fields. */
export type Spec = Common &
  (
    | { readonly type: "words" | "lines"; readonly most: number }
    | { readonly type: "amount" | "time" | "url" | "picture" | "currency" | "check" }
    | { readonly type: "until" }
    | { readonly type: "whole"; readonly least: number; readonly most: number }
    | { readonly type: "state"; readonly words: readonly (CardsKey | ComposeKey)[] }
    | {
        readonly type: "list";
        readonly least: number;
        readonly most: number;
        readonly each: number;
        /** Only where the row is of this kind of field. */
        readonly only?: number;
      }
    | {
        readonly type: "rows";
        readonly least: number;
        readonly most: number;
        readonly of: readonly Spec[];
      }
  );

export type KindSpec = {
  readonly kind: CardKind;
  readonly label: ComposeKey;
  readonly fields: readonly Spec[];
};

const words = (name: string, label: ComposeKey, most: number, required = false): Spec => ({
  name, label, type: "words", most, required,
});
const lines = (name: string, label: ComposeKey, most = max.DETAIL_MAX): Spec => ({
  name, label, type: "lines", most,
});
const states = (kind: "order" | "parcel" | "refund", count: number): Spec => ({
  name: "state", label: "state", type: "state", required: true,
  words: Array.from({ length: count }, (_, at) => `${kind}${at + 1}` as CardsKey),
});

const title = words("title", "title", max.TITLE_MAX, true);
const detail = lines("detail", "detail");
const url: Spec = { name: "url", label: "url", type: "url" };
const currency: Spec = { name: "currency", label: "currency", type: "currency" };
const until: Spec = { name: "untilMs", label: "until", type: "until" };
const expected: Spec = { name: "expectedMs", label: "expected", type: "time" };
const amount = (label: ComposeKey, required = false): Spec => ({
  name: "amount", label, type: "amount", required,
});

export const kinds: readonly KindSpec[] = [
  {
    kind: ContentKind.PRODUCT,
    label: "product",
    fields: [
      words("title", "name", max.TITLE_MAX, true), amount("priceNow"),
      { name: "formerAmount", label: "priceBefore", type: "amount" }, currency, detail,
      words("sku", "sku", max.SHORT_MAX), url,
      { name: "picture", label: "picture", type: "picture" },
    ],
  },
  {
    kind: ContentKind.ORDER,
    label: "order",
    fields: [
      words("number", "orderNumber", max.SHORT_MAX, true), states("order", 6),
      { name: "timeMs", label: "ordered", type: "time" }, currency,
      {
        name: "lines", label: "goods", type: "rows", least: 0, most: max.LINES_MAX,
        of: [
          words("title", "name", max.TITLE_MAX, true),
          {
            name: "quantity", label: "quantity", type: "whole", least: 1,
            most: max.QUANTITY_MAX, required: true,
          },
          amount("amount"),
        ],
      },
      amount("sum"), detail, url,
    ],
  },
  {
    kind: ContentKind.LOGISTICS,
    label: "logistics",
    fields: [
      words("carrier", "carrier", max.SHORT_MAX, true), words("number", "number", max.SHORT_MAX),
      states("parcel", 5), expected,
      {
        name: "steps", label: "track", type: "rows", least: 0, most: max.STEPS_MAX,
        of: [
          { name: "timeMs", label: "since", type: "time" }, title,
          words("place", "place", max.TITLE_MAX),
        ],
      },
      url,
    ],
  },
  {
    kind: ContentKind.REFUND,
    label: "refund",
    fields: [
      amount("amount", true), currency, states("refund", 5),
      words("number", "orderNumber", max.SHORT_MAX), words("way", "way", max.TITLE_MAX),
      { name: "timeMs", label: "since", type: "time" }, expected, detail,
    ],
  },
  {
    kind: ContentKind.DECISION_ASKED,
    label: "decision",
    fields: [title, amount("toPay", true), currency, detail, until],
  },
  {
    kind: ContentKind.QUICK_REPLIES,
    label: "replies",
    fields: [
      words("text", "question", max.TITLE_MAX, true),
      {
        name: "replies", label: "repliesList", type: "list", least: 1, most: max.REPLIES_MAX,
        each: max.REPLY_MAX, required: true,
      },
    ],
  },
  {
    kind: ContentKind.CHOICES,
    label: "choices",
    fields: [
      title, detail, currency,
      {
        name: "choices", label: "choiceList", type: "rows", least: 2, most: max.CHOICES_MAX,
        of: [title, words("detail", "detail", max.TITLE_MAX), amount("priceNow")],
      },
      { name: "most", label: "most", type: "whole", least: 1, most: max.CHOICES_MAX }, until,
    ],
  },
  {
    kind: ContentKind.FORM,
    label: "form",
    fields: [
      title, detail,
      {
        name: "fields", label: "fields", type: "rows", least: 1, most: max.FIELDS_MAX,
        of: [
          words("label", "label", max.TITLE_MAX, true),
          {
            name: "kind", label: "fieldKind", type: "state", required: true,
            words: ["kind1", "kind2", "kind3", "kind4", "kind5", "kind6", "kind7"],
          },
          {
            name: "options", label: "options", type: "list", least: 2, most: max.OPTIONS_MAX,
            each: max.TITLE_MAX, only: FieldKind.option,
          },
          words("hint", "hint", max.TITLE_MAX),
          { name: "required", label: "required", type: "check" },
        ],
      },
      until,
    ],
  },
  {
    kind: ContentKind.PROGRESS_STEP,
    label: "progress",
    fields: [
      words("subject", "subject", max.TITLE_MAX, true),
      {
        name: "steps", label: "stepList", type: "list", least: 1, most: max.PROGRESS_MAX,
        each: max.TITLE_MAX, required: true,
      },
      {
        name: "at", label: "at", type: "whole", least: 0, most: max.PROGRESS_MAX, required: true,
      },
      detail, expected,
    ],
  },
  {
    kind: ContentKind.RATING_ASKED,
    label: "rating",
    fields: [words("title", "ratingQuestion", max.TITLE_MAX), until],
  },
  {
    kind: ContentKind.ARTICLE,
    label: "article",
    fields: [title, { ...lines("text", "body", max.ARTICLE_MAX), required: true }, url],
  },
];
