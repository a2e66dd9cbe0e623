// The card that is being made in each conversation: kept while the page lives, never in the clear
// on this machine.
import { signal, type Signal } from "@preact/signals";
import type { CardKind } from "../../ui/src/cards/read.ts";
import { kept } from "../kept.ts";
import type { Typed } from "./build.ts";

export type Begun = {
  /** 0: none is chosen yet. */
  readonly kind: CardKind | 0;
  readonly typed: Readonly<Record<number, Typed>>;
};

const NOTHING: Begun = { kind: 0, typed: {} };

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

  constructor(usual: string) {
    this.currency = signal(this.store.read() || usual);
  }

  of(log: string): Begun {
    return this.begun.value.get(log) ?? NOTHING;
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
  }
}
