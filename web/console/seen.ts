// Up to where the person was shown each conversation, on any of his devices. One that is not open
// has no count of unread messages, for the inbox knows places and not messages: it is new or not.
import { signal, type Signal } from "@preact/signals";
import type { Row } from "./inbox.ts";
import { isObject, kept } from "./kept.ts";

type Places = Readonly<Record<string, number>>;

const SEEN_MAX = 2000;

function checked(value: unknown): Places | undefined {
  const is_whole = isObject(value) && Object.values(value).every((seq) => typeof seq === "number");
  return is_whole ? (value as Places) : undefined;
}

export class Seen {
  private readonly store = kept<Places>(() => localStorage, "shopbell.console.seen", {}, checked);
  private readonly places: Signal<ReadonlyMap<string, number>> = signal(
    new Map(Object.entries(this.store.read())),
  );

  /** It was shown here for the first time. */
  shown: (key: string, seq: number) => void = () => undefined;

  see(key: string, seq: number): void {
    if (this.take(key, seq)) {
      this.shown(key, seq);
    }
  }

  /** The newest word last. */
  newest(count: number): { key: string; headSeq: number }[] {
    return [...this.places.peek()].slice(-count).map(([key, headSeq]) => ({ key, headSeq }));
  }

  /** Whether it is further than before. */
  take(key: string, seq: number): boolean {
    if (seq <= (this.places.peek().get(key) ?? 0)) {
      return false;
    }
    const others = [...this.places.peek()].filter(([other]) => other !== key);
    const newest = [...others, [key, seq] as const].slice(-SEEN_MAX);
    this.places.value = new Map(newest);
    this.store.write(Object.fromEntries(newest));
    return true;
  }

  /** The customer waits for an answer to words that were not shown here. */
  isNew(row: Row): boolean {
    return row.waitingSinceMs > 0 && row.headSeq > (this.places.value.get(row.key) ?? 0);
  }
}
