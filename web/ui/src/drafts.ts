// What was begun and not sent, for each conversation. The screen has it at once; the engine, which
// keeps it sealed, hears of it when the writer pauses or leaves.
import { signal, type Signal } from "@preact/signals";
import { toHex } from "../../engine/src/text.ts";

const PAUSE_MS = 300;
/** Whoever has not touched a key for so long is not writing. */
const HANDS_OFF_MS = 5000;

export class Drafts {
  /** By log in hexadecimal; zeros where the conversation has not begun. */
  readonly texts: Signal<ReadonlyMap<string, string>> = signal(new Map());
  /** When it was written in this page, and whether that is stored: what was before is older. */
  private readonly own = new Map<string, { readonly ms: number; kept: boolean }>();
  /** What came from another tab while somebody wrote here comes again after this. */
  private readonly news = new Map<string, number>();
  private readonly waiting = new Map<string, { log: Uint8Array; timer: number }>();

  constructor(private readonly store: (log: Uint8Array, text: string) => void) {
    window.addEventListener("pagehide", this.flush);
  }

  private put(name: string, text: string): void {
    const texts = new Map(this.texts.value);
    if (text) {
      texts.set(name, text);
    } else {
      texts.delete(name);
    }
    this.texts.value = texts;
  }

  write(log: Uint8Array, text: string): void {
    const name = toHex(log);
    if (text === (this.texts.value.get(name) ?? "")) {
      return;
    }
    this.own.set(name, { ms: performance.now(), kept: false });
    this.drop_news(name);
    this.put(name, text);
    window.clearTimeout(this.waiting.get(name)?.timer);
    const timer = window.setTimeout(() => this.keep(name), PAUSE_MS);
    this.waiting.set(name, { log, timer });
    // The engine still works while the next page is fetched, and no longer once this one is hidden.
    // Only while something waits: some browsers keep no page that listens to this for going back.
    window.addEventListener("beforeunload", this.flush);
    if (!text) {
      this.keep(name);
    }
  }

  private keep(name: string): void {
    const waiting = this.waiting.get(name);
    if (waiting) {
      window.clearTimeout(waiting.timer);
      this.waiting.delete(name);
      this.store(waiting.log, this.texts.value.get(name) ?? "");
    }
    if (this.waiting.size === 0) {
      window.removeEventListener("beforeunload", this.flush);
    }
  }

  readonly flush = (): void => {
    for (const name of [...this.waiting.keys()]) {
      this.keep(name);
    }
  };

  private drop_news(name: string): void {
    window.clearTimeout(this.news.get(name));
    this.news.delete(name);
  }

  /**
   * What the engine keeps, written before or in another tab. Never under a writer's hands: what
   * comes while somebody types is shown once he has paused.
   */
  stored(log: Uint8Array, text: string): void {
    const name = toHex(log);
    const own = this.own.get(name);
    this.drop_news(name);
    if (own && text === (this.texts.value.get(name) ?? "")) {
      own.kept = true;
      return;
    }
    const rests_ms = own ? own.ms + HANDS_OFF_MS - performance.now() : 0;
    if (rests_ms > 0 && window.document?.visibilityState !== "hidden") {
      this.news.set(name, window.setTimeout(() => this.take_late(log, text), rests_ms));
    } else {
      this.own.delete(name);
      this.put(name, text);
    }
  }

  /** What was written here and did not reach the store is newer than what stands there. */
  private take_late(log: Uint8Array, text: string): void {
    const name = toHex(log);
    if (this.own.get(name)?.kept) {
      this.stored(log, text);
    } else {
      this.store(log, this.texts.value.get(name) ?? "");
    }
  }
}
