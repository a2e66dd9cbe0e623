// From what an agent has typed to a card, or to what is wrong with it.
import type { ComposeKey } from "../i18n/cards/index.ts";
import type { Values } from "../../ui/i18n/index.ts";
import type { Locale } from "../../ui/i18n/index.ts";
import { amountOf } from "../../ui/src/cards/money.ts";
import { addressOf, isFit, type Card } from "../../ui/src/cards/read.ts";
import { AMOUNT_MAX, TIME_MS_MAX, URL_MAX } from "../../ui/src/cards/limits.ts";
import { fitsOneMessage } from "../../ui/src/cards/say.ts";
import type { KindSpec, Spec } from "./spec.ts";

/** As it stands in the fields; a picture as its bytes. */
export type Typed = { readonly [name: string]: string | Uint8Array | readonly Typed[] };

export type Trouble = { readonly key: ComposeKey; readonly values?: Values };

export type Built = {
  /** Nothing where something is wrong. */
  readonly card: Card | undefined;
  /** Of what is right so far. */
  readonly shown: Card | undefined;
  /** By the path of the field: "title", "lines 0 quantity". */
  readonly troubles: ReadonlyMap<string, Trouble>;
  /** Wrong with the whole. */
  readonly whole: Trouble | undefined;
};

const length = (text: string): number => [...text].length;
const linesOf = (text: string): string[] =>
  text.split("\n").map((line) => line.trim()).filter(Boolean);

export const textIn = (typed: Typed, name: string): string => {
  const value = typed[name];
  return typeof value === "string" ? value : "";
};
/** As many as are needed stand there from the beginning. */
export const rowsIn = (typed: Typed, spec: Extract<Spec, { type: "rows" }>): readonly Typed[] => {
  const value = typed[spec.name];
  return Array.isArray(value) ? (value as readonly Typed[]) : Array(spec.least).fill(NOTHING);
};
const NOTHING: Typed = {};

type Context = { readonly currency: string; readonly nowMs: number };
type Read = { readonly value: unknown; readonly trouble?: Trouble };

const wrong = (key: ComposeKey, values: Values = {}): Read => ({
  value: undefined, trouble: { key, values },
});

/** In the place of what is wrong, so that the rest can be shown. */
function emptyOf({ type }: Spec): unknown {
  return type === "list" ? [] : type === "words" || type === "lines" || type === "url" ? "" : 0;
}

function readList(spec: Extract<Spec, { type: "list" }>, text: string, typed: Typed): Read {
  if (spec.only && Number(textIn(typed, "kind") || 1) !== spec.only) {
    return { value: [] };
  }
  const lines = linesOf(text);
  if (lines.length < spec.least) {
    return wrong("wrongFew", { n: spec.least });
  }
  if (lines.length > spec.most) {
    return wrong("wrongMany", { n: spec.most });
  }
  if (new Set(lines).size < lines.length) {
    return wrong("wrongSame");
  }
  const long = lines.some((line) => length(line) > spec.each);
  return long ? wrong("wrongLong", { n: spec.each }) : { value: lines };
}

function readTime(text: string, must_come: boolean, now_ms: number): Read {
  const time_ms = text ? new Date(text).getTime() : 0;
  if (!Number.isSafeInteger(time_ms) || time_ms < 0 || time_ms > TIME_MS_MAX) {
    return wrong("wrongTime");
  }
  return must_come && time_ms && time_ms <= now_ms ? wrong("wrongPast") : { value: time_ms };
}

function readWords(text: string, spec: Extract<Spec, { type: "words" | "lines" }>): Read {
  return length(text) > spec.most ? wrong("wrongLong", { n: spec.most }) : { value: text };
}

function readField(spec: Spec, typed: Typed, context: Context): Read {
  const text = textIn(typed, spec.name).trim();
  if (spec.required && !text && spec.type !== "state") {
    return wrong("wrongMissing");
  }
  switch (spec.type) {
    case "words":
    case "lines":
      return readWords(text, spec);
    case "amount": {
      const amount = text ? amountOf(text, context.currency) : 0;
      return amount === undefined || amount > AMOUNT_MAX ? wrong("wrongAmount") : { value: amount };
    }
    case "time":
      return readTime(text, false, context.nowMs);
    case "until":
      return readTime(text, true, context.nowMs);
    case "url": {
      const good = !text || (text.length <= URL_MAX && addressOf(text) !== undefined);
      return good ? { value: text } : wrong("wrongUrl");
    }
    case "whole": {
      const { least, most } = spec;
      const value = text ? Number(text) : least;
      const good = Number.isInteger(value) && value >= least && value <= most;
      return good ? { value } : wrong("wrongNumber", { least, most });
    }
    case "state":
      return { value: Number(text || 1) };
    case "check":
      return { value: text !== "" };
    case "list":
      return readList(spec, text, typed);
    case "picture": {
      const bytes = typed[spec.name];
      return { value: bytes instanceof Uint8Array ? bytes : new Uint8Array() };
    }
    case "currency":
    case "rows":
      return { value: undefined };
  }
}

type Fields = Record<string, unknown>;
type Troubles = Map<string, Trouble>;

function readRow(
  specs: readonly Spec[],
  typed: Typed,
  context: Context,
  at: string,
  troubles: Troubles,
): Fields {
  const fields: Fields = {};
  for (const spec of specs) {
    const path = `${at}${spec.name}`;
    if (spec.type === "rows") {
      const rows = rowsIn(typed, spec);
      fields[spec.name] = rows.map((row, index) =>
        readRow(spec.of, row, context, `${path} ${index} `, troubles),
      );
      if (rows.length < spec.least) {
        troubles.set(path, { key: "wrongFew", values: { n: spec.least } });
      }
    } else if (spec.type === "currency") {
      fields[spec.name] = context.currency;
    } else {
      const { value, trouble } = readField(spec, typed, context);
      fields[spec.name] = trouble ? emptyOf(spec) : value;
      if (trouble) {
        troubles.set(path, trouble);
      }
    }
  }
  return fields;
}

/** A price that nobody has typed is not said; who pays nothing is told so. */
function withoutPrice(spec: KindSpec, fields: Fields, typed: Typed): Fields {
  const optional = spec.fields.find(({ type, required }) => type === "amount" && !required);
  const rows = (fields["lines"] ?? []) as readonly Fields[];
  const has_sums = rows.some((row) => row["amount"] !== 0);
  const unsaid = optional && !textIn(typed, optional.name).trim() && !has_sums;
  return unsaid ? { ...fields, currency: "" } : fields;
}

/** Choices each say their own price. */
function pricedChoices(fields: Fields): Fields {
  const { choices, currency, ...rest } = fields;
  if (!Array.isArray(choices)) {
    return fields;
  }
  const priced = (choices as Fields[]).map((choice) => ({
    ...choice, currency: choice["amount"] ? currency : "",
  }));
  return { ...rest, choices: priced };
}

export function build(
  spec: KindSpec,
  typed: Typed,
  context: Context & { readonly locale: Locale },
): Built {
  const troubles: Troubles = new Map();
  const read = readRow(spec.fields, typed, context, "", troubles);
  if (Number(read["at"] ?? 0) > ((read["steps"] as unknown[] | undefined)?.length ?? Infinity)) {
    const most = (read["steps"] as unknown[]).length;
    troubles.set("at", { key: "wrongNumber", values: { least: 0, most } });
  }
  const of = pricedChoices(withoutPrice(spec, read, typed));
  const card = { kind: spec.kind, of: { timeMs: context.nowMs, ...of } } as unknown as Card;
  const shown = isFit(card) ? card : undefined;
  if (troubles.size) {
    return { card: undefined, shown, troubles, whole: undefined };
  }
  return shown && fitsOneMessage(card, context.locale)
    ? { card, shown, troubles, whole: undefined }
    : { card: undefined, shown, troubles, whole: { key: "wrongCard" } };
}
