// Asks the desk for the inbox, as often as it takes, and keeps what it says.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Engine, EngineEvent } from "../engine/src/client.ts";
import type { InboxRow } from "../engine/src/gen/wire.ts";
import type { Session } from "../ui/src/session.ts";
import { ConnectionState } from "../ui/src/status.ts";
import { inOrder, mergePage, rowOf, type Row } from "./inbox.ts";

const RETRY_MS = 3000;
/** A desk that was started anew does not know whom to tell of changes until it is asked. */
const AGAIN_MS = 60_000;
/** The engine asks again by itself for as long as it takes; people want to know sooner. */
const SLOW_MS = 5000;

/** `before` is undefined for a conversation that was not there. */
export type Change = { readonly before: Row | undefined; readonly row: Row };

export class InboxStore {
  readonly rows: Signal<ReadonlyMap<string, Row>> = signal(new Map());
  readonly ordered: ReadonlySignal<readonly Row[]>;
  /** The desk has said what there is at least once. */
  readonly known = signal(false);
  readonly state: Signal<"current" | "slow" | "failed"> = signal("current");
  /** Rows differ from those before; not called for the first list. */
  changed: (changes: readonly Change[]) => void = () => undefined;
  private asking = false;
  private slow_timer = 0;
  private retry_timer = 0;

  constructor(
    private readonly engine: Engine,
    private readonly session: Session,
  ) {
    this.ordered = computed(() => inOrder(this.rows.value));
    engine.on((event) => this.take(event));
    window.setInterval(() => void this.list(), AGAIN_MS);
    effect(() => {
      const { certified, ready, connection } = session;
      if (certified.value && ready.value && connection.value.state === ConnectionState.online) {
        void this.list();
      }
    });
  }

  private take(event: EngineEvent): void {
    if (event.type === "pushEvent" && event.method === "inbox.changed") {
      this.merge(event.body);
    } else if (event.type === "crashed") {
      this.asking = false;
    }
  }

  async list(): Promise<void> {
    const { certified, connection, ready } = this.session;
    const online = connection.peek().state === ConnectionState.online;
    if (this.asking || !certified.peek() || !ready.peek() || !online) {
      return;
    }
    this.asking = true;
    window.clearTimeout(this.retry_timer);
    window.clearTimeout(this.slow_timer);
    this.slow_timer = window.setTimeout(() => (this.state.value = "slow"), SLOW_MS);
    const answer = await this.engine.request("inbox.list");
    window.clearTimeout(this.slow_timer);
    this.asking = false;
    this.state.value = answer.code === 0 ? "current" : "failed";
    if (answer.code === 0) {
      this.merge(answer.body);
      this.known.value = true;
    } else {
      this.retry_timer = window.setTimeout(() => void this.list(), RETRY_MS);
    }
  }

  /** Conversations too old for the inbox, that a search has found; they are no news. */
  adopt(rows: readonly InboxRow[]): void {
    const known = this.rows.peek();
    const found = rows.map(rowOf).filter(({ key }) => !known.has(key));
    if (found.length) {
      this.rows.value = new Map([...known, ...found.map((row) => [row.key, row] as const)]);
    }
  }

  private merge(body: Uint8Array): void {
    const before = this.rows.peek();
    const after = mergePage(before, body);
    this.rows.value = after;
    if (this.known.peek()) {
      const changes = [...after.values()]
        .filter((row) => before.get(row.key) !== row)
        .map((row) => ({ before: before.get(row.key), row }));
      this.changed(changes);
    }
  }
}
