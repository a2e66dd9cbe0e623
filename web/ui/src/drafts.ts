// What was begun and not sent, for each conversation. The screen has it at once; the engine, which
// keeps it sealed, hears of it when the writer pauses or leaves.
import { signal, type Signal } from "@preact/signals";
import { toHex } from "../../engine/src/text.ts";

const PAUSE_MS = 300;

export class Drafts {
  /** By log in hexadecimal; zeros where the conversation has not begun. */
  readonly texts: Signal<ReadonlyMap<string, string>> = signal(new Map());
  /** Written in this page: what was stored before is older. */
  private readonly own = new Set<string>();
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
    this.own.add(name);
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

  /** What the engine keeps, written before or in another tab; never under a writer's hands. */
  stored(log: Uint8Array, text: string): void {
    const name = toHex(log);
    if (!this.own.has(name) || window.document?.visibilityState === "hidden") {
      this.own.delete(name);
      this.put(name, text);
    }
  }
}
