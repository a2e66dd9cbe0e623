// The card that is being made in each conversation: kept as drafts are, sealed by the engine, never
// in the clear on this machine.
import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { fromHex, toHex } from "../../engine/src/text.ts";
import { isKnownKind, type CardKind } from "../../ui/src/cards/read.ts";
import { kept } from "../kept.ts";
import type { Typed } from "./build.ts";

export type Begun = {
  /** 0: none is chosen yet. */
  readonly kind: CardKind | 0;
  readonly typed: Readonly<Record<number, Typed>>;
};

/** Where drafts are kept, by log; those of messages stand there too. */
export type CardDrafts = {
  readonly texts: ReadonlySignal<ReadonlyMap<string, string>>;
  write(log: Uint8Array, text: string): void;
};

const NOTHING: Begun = { kind: 0, typed: {} };
/** draft_bytes_max of limits.h. */
const DRAFT_BYTES_MAX = 16 * 1024;

/** No conversation has this id: beside the draft of its message there is room for one of a card. */
const placeOf = (log: string): Uint8Array => fromHex(log).map((byte) => byte ^ 0xff);

function textOf({ kind, typed }: Begun): string {
  const any = Object.values(typed).some((fields) => Object.keys(fields).length > 0);
  const write = (with_pictures: boolean): string =>
    JSON.stringify({ kind, typed }, (_, value: unknown) => {
      if (!(value instanceof Uint8Array)) {
        return value;
      }
      return with_pictures ? { picture: toHex(value) } : "";
    });
  const texts = any ? [write(true), write(false)] : [];
  return texts.find((text) => new TextEncoder().encode(text).length <= DRAFT_BYTES_MAX) ?? "";
}

function begunIn(text: string): Begun {
  try {
    const read = JSON.parse(text, (_, value: unknown) => {
      const { picture } = (value ?? {}) as { picture?: unknown };
      const only = typeof value === "object" && Object.keys(value ?? {}).length === 1;
      return only && typeof picture === "string" && picture ? fromHex(picture) : value;
    }) as Begun;
    return isKnownKind(read.kind) || read.kind === 0 ? read : NOTHING;
  } catch {
    return NOTHING;
  }
}

export const CURRENCIES =
  "CNY USD EUR GBP JPY KRW HKD TWD SGD AED SAR KWD CAD AUD CHF INR".split(" ");

export class Composing {
  /** By log in hexadecimal. */
  private readonly begun: Signal<ReadonlyMap<string, Begun>> = signal(new Map());
  readonly currency: Signal<string>;
  private readonly store = kept(
    () => localStorage,
    "shopbell.console.currency",
    "",
    (value) => (CURRENCIES.includes(value as string) ? (value as string) : undefined),
  );

  constructor(
    usual: string,
    private readonly drafts: CardDrafts,
  ) {
    this.currency = signal(this.store.read() || usual);
  }

  of(log: string): Begun {
    const before = this.drafts.texts.value.get(toHex(placeOf(log)));
    return this.begun.value.get(log) ?? (before ? begunIn(before) : NOTHING);
  }

  choose(log: string, kind: CardKind | 0): void {
    this.put(log, { ...this.of(log), kind });
  }

  write(log: string, kind: CardKind, typed: Typed): void {
    const { typed: others } = this.of(log);
    this.put(log, { kind, typed: { ...others, [kind]: typed } });
  }

  /** It is sent, or not wanted any more. */
  clear(log: string, kind: CardKind): void {
    const { [kind]: _, ...typed } = this.of(log).typed;
    this.put(log, { kind: 0, typed });
  }

  setCurrency(currency: string): void {
    this.currency.value = currency;
    this.store.write(currency);
  }

  private put(log: string, begun: Begun): void {
    this.begun.value = new Map(this.begun.value).set(log, begun);
    this.drafts.write(placeOf(log), textOf(begun));
  }
}
