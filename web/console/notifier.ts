// Tells the person of new words that he does not see: a notification of the system and a bell. What
// comes in one burst, as after a night asleep, is told in one sentence.
import { signal, type Signal } from "@preact/signals";
import type { Engine } from "../engine/src/client.ts";
import { ContentKind } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import { AuthorClass } from "../ui/src/conversation.ts";
import type { Say } from "./i18n/index.ts";
import type { Row } from "./inbox.ts";
import type { Change } from "./inbox_store.ts";

/** Words that belong together come within this time. */
const BURST_MS = 400;
/** What was missed comes in pieces. */
const BURST_BACK_MS = 2000;
const BACK_MS = 30_000;
const COUNT_MAX = 200;
/** Timers of a hidden tab may be a second late. */
const TOLD_MS = 3000;

export type Permission = NotificationPermission | "missing";

export type NotifierParts = {
  readonly say: () => Say;
  readonly nameOf: (row: Row) => string;
  readonly wanted: () => { notify: boolean; preview: boolean; away: boolean };
  /** The person looks at this conversation right now. */
  readonly isSeen: (row: Row) => boolean;
  /** Another of the person's devices has shown it to him. */
  readonly isRead: (row: Row) => boolean;
  /** Resolves when this of the person's devices may tell; true where another was to be first. */
  readonly turn: () => Promise<boolean>;
  /** Those that no other device of his has told. */
  readonly claim: (rows: readonly Row[]) => Promise<ReadonlySet<string>>;
  readonly ring: () => void;
  readonly open: (row: Row) => void;
};

export function permissionNow(): Permission {
  return "Notification" in window ? Notification.permission : "missing";
}

/** New words of the customer: no answer, no greeting of the desk and nothing about members. */
export function hasNewWords({ before, row }: Change): boolean {
  const grown = row.headSeq > (before?.headSeq ?? 0);
  const said = row.timeMs > (before?.timeMs ?? 0) && row.preview !== before?.preview;
  return row.waitingSinceMs > 0 && grown && said;
}

/** False where another tab of this device has told of this state of a conversation, or shows it. */
function isFirst({ key, headSeq }: Row): Promise<boolean> {
  return new Promise((answer) => {
    const hold = (lock: Lock | null) => {
      answer(lock !== null);
      return lock ? new Promise<void>((done) => window.setTimeout(done, TOLD_MS)) : undefined;
    };
    // Refused locks come with refused storage: then each tab is a device of its own.
    navigator.locks
      .request(`shopbell.told ${key} ${headSeq}`, { ifAvailable: true }, hold)
      .catch(() => answer(true));
  });
}

export class Notifier {
  readonly permission: Signal<Permission> = signal(permissionNow());
  /** What is to be told: the row as it is now, and its last place that was told before. */
  private readonly news = new Map<string, { row: Row; told_seq: number }>();
  /** Places of messages that came to watched logs, newest last. */
  private readonly places = new Map<string, readonly number[]>();
  private timer = 0;
  private back_ms = Number.NEGATIVE_INFINITY;
  /** What comes now was written while nobody could look, whatever is in view. */
  private slept = false;

  constructor(
    engine: Engine,
    private readonly parts: NotifierParts,
  ) {
    engine.on((event) => {
      const words = event.type === "message" && !event.history && event.kind === ContentKind.TEXT;
      if (words && event.authorClass === AuthorClass.customer && event.seq) {
        const key = toHex(event.log);
        const places = [...(this.places.get(key) ?? []), event.seq];
        this.places.set(key, places.slice(-COUNT_MAX));
        this.tell_soon();
      }
    });
  }

  async ask(): Promise<Permission> {
    if (this.permission.value === "default") {
      this.permission.value = await Notification.requestPermission();
    }
    return this.permission.value;
  }

  /** What was missed will come in one burst: the machine slept, or the network was away. */
  expectBurst(slept: boolean): void {
    this.back_ms = performance.now();
    this.slept ||= slept;
  }

  take(changes: readonly Change[]): void {
    if (this.parts.wanted().away) {
      return;
    }
    const is_news = (change: Change) => {
      const { before, row } = change;
      // The same words once more look the same in the inbox, but not in their log.
      const again = row.waitingSinceMs > 0 && this.count(row.key, before?.headSeq ?? 0) > 0;
      return hasNewWords(change) || again;
    };
    for (const { before, row } of changes.filter(is_news)) {
      if (!this.slept && this.parts.isSeen(row)) {
        void isFirst(row);
        void this.parts.claim([row]);
      }
      const told_seq = this.news.get(row.key)?.told_seq ?? before?.headSeq ?? 0;
      this.news.set(row.key, { row, told_seq });
    }
    this.tell_soon();
  }

  private tell_soon(): void {
    window.clearTimeout(this.timer);
    const back = performance.now() - this.back_ms < BACK_MS;
    this.timer = window.setTimeout(() => void this.tell(), back ? BURST_BACK_MS : BURST_MS);
  }

  private async tell(): Promise<void> {
    const { wanted, isSeen, ring } = this.parts;
    const slept = this.slept;
    const unseen = [...this.news.values()].filter(({ row }) => slept || !isSeen(row));
    this.news.clear();
    const firsts = await Promise.all(unseen.map(({ row }) => isFirst(row)));
    const second = await this.parts.turn();
    const read_elsewhere = (row: Row) => second && this.parts.isRead(row);
    const left = unseen.filter(({ row }, at) => firsts[at] && !read_elsewhere(row));
    const claimed = left.length ? await this.parts.claim(left.map(({ row }) => row)) : new Set();
    const news = left.filter(({ row }) => claimed.has(row.key));
    if (!news.length) {
      return;
    }
    this.slept = false;
    ring();
    if (wanted().notify && permissionNow() === "granted") {
      const counts = news.map(({ row, told_seq }) => this.count(row.key, told_seq));
      this.show(news.map(({ row }) => row), counts);
    }
  }

  private count(key: string, told_seq: number): number {
    return (this.places.get(key) ?? []).filter((seq) => seq > told_seq).length;
  }

  private show(rows: readonly Row[], counts: readonly number[]): void {
    const { say, nameOf, wanted, open } = this.parts;
    const t = say();
    const [first] = rows as [Row];
    const talks = rows.length;
    const n = counts.reduce((sum, count) => sum + count, 0);
    const exact = counts.every((count) => count > 0);
    const single = talks === 1;
    const many = t(exact ? "summaryExact" : "summary", { n, talks });
    const title = single ? t("newFrom", { name: nameOf(first) }) : many;
    const body = single ? this.body(t, first, wanted()) : "";
    try {
      const shown = new Notification(title, { body, tag: single ? first.key : "many" });
      shown.addEventListener("click", () => {
        window.focus();
        open(first);
        shown.close();
      });
    } catch {
      // Some systems want a service worker for it: then there is none.
      this.permission.value = "missing";
    }
  }

  private body(t: Say, row: Row, { preview }: { preview: boolean }): string {
    return preview && row.preview ? row.preview : t("newMessage");
  }
}
