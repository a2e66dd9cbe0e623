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
/** After waking what was missed comes in pieces. */
const BURST_WAKING_MS = 2000;
const WAKING_MS = 30_000;

export type Permission = NotificationPermission | "missing";

export type NotifierParts = {
  readonly say: () => Say;
  readonly nameOf: (row: Row) => string;
  readonly wanted: () => { notify: boolean; preview: boolean; away: boolean };
  /** The person looks at this conversation right now. */
  readonly isSeen: (row: Row) => boolean;
  readonly ring: () => void;
  readonly open: (row: Row) => void;
};

export function permissionNow(): Permission {
  return "Notification" in window ? Notification.permission : "missing";
}

/** New words of the customer, not an answer and not something about the conversation. */
export function hasNewWords({ before, row }: Change): boolean {
  const of_customer = row.headAuthorClass
    ? row.headAuthorClass === AuthorClass.customer
    : row.waitingSinceMs > 0;
  return of_customer && row.timeMs > (before?.timeMs ?? 0) && row.headSeq > (before?.headSeq ?? 0);
}

export class Notifier {
  readonly permission: Signal<Permission> = signal(permissionNow());
  private readonly rows = new Map<string, Row>();
  /** Messages that came to watched logs since the last telling. */
  private readonly counts = new Map<string, number>();
  private timer = 0;
  private woke_ms = Number.NEGATIVE_INFINITY;

  constructor(
    engine: Engine,
    private readonly parts: NotifierParts,
  ) {
    engine.on((event) => {
      const words = event.type === "message" && !event.history && event.kind === ContentKind.TEXT;
      if (words && event.authorClass === AuthorClass.customer && event.seq) {
        const key = toHex(event.log);
        this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
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

  /** After sleep, or after the network was away. */
  woke(): void {
    this.woke_ms = performance.now();
  }

  take(changes: readonly Change[]): void {
    for (const change of changes.filter(hasNewWords)) {
      this.rows.set(change.row.key, change.row);
    }
    this.tell_soon();
  }

  private tell_soon(): void {
    window.clearTimeout(this.timer);
    const waking = performance.now() - this.woke_ms < WAKING_MS;
    this.timer = window.setTimeout(() => this.tell(), waking ? BURST_WAKING_MS : BURST_MS);
  }

  private tell(): void {
    const { wanted, isSeen, ring } = this.parts;
    const rows = [...this.rows.values()].filter((row) => !isSeen(row));
    const counts = rows.map((row) => this.counts.get(row.key) ?? 0);
    this.rows.forEach((row) => this.counts.delete(row.key));
    this.rows.clear();
    if (!rows.length || wanted().away) {
      return;
    }
    ring();
    if (wanted().notify && permissionNow() === "granted") {
      this.show(rows, counts);
    }
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
