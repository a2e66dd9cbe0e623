// The conversations that are open side by side. Open means watched: the device has joined them and
// hears every word; the relay allows 64 logs, each conversation has two.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { toHex } from "../engine/src/text.ts";
import type { Session } from "../ui/src/session.ts";
import { fromHex } from "./hex.ts";
import { bareRow, type Row } from "./inbox.ts";
import { kept } from "./kept.ts";

export const TALKS_MAX = 8;

/** Ids of a conversation and of its team log, hexadecimal; no team log yet: empty. */
export type Place = { readonly log: string; readonly team: string };

const placeOf = (row: Row): Place => ({
  log: row.key,
  team: row.teamLog ? toHex(row.teamLog) : "",
});

export function checkedPlaces(value: unknown): Place[] | undefined {
  const is_place = (each: unknown): each is Place => {
    const { log, team } = (each ?? {}) as Record<string, unknown>;
    return typeof log === "string" && typeof team === "string";
  };
  return Array.isArray(value) ? value.filter(is_place) : undefined;
}

export class Talks {
  /** Keys in the order in which they were opened. */
  readonly open: Signal<readonly string[]> = signal([]);
  /** Key of the one that is shown; empty where none is. */
  readonly shown = signal("");
  readonly row: ReadonlySignal<Row | undefined>;
  /** What is known without the desk of those that were there before a reload. */
  private readonly bare = new Map<string, Row>();
  private recent: string[] = [];
  private readonly watched = new Set<string>();
  private readonly store = kept<readonly Place[]>(
    () => sessionStorage,
    "shopbell.console.open",
    [],
    checkedPlaces,
  );

  constructor(
    private readonly session: Session,
    private readonly rows: ReadonlySignal<ReadonlyMap<string, Row>>,
    first: string,
    /** Watched without being open: something of theirs waits to be sent. */
    private readonly besides: readonly Place[],
  ) {
    this.row = computed(() => this.rowOf(this.shown.value));
    const open = this.restore(this.store.read());
    if (first) {
      open.push(...this.restore([{ log: first, team: "" }]).filter((key) => !open.includes(key)));
    }
    this.restore(besides);
    this.recent = [...open].reverse();
    this.open.value = open.slice(-TALKS_MAX);
    this.shown.value = open.includes(first) ? first : "";
    session.engine.on((event) => {
      if (event.type === "ready") {
        this.watched.clear();
        this.watch_all();
      }
    });
    effect(() => {
      // Also those whose team log the desk has only now made.
      const rows = this.open.value.map((key) => this.rowOf(key));
      this.store.write(rows.flatMap((row) => (row ? [placeOf(row)] : [])));
      this.watch_all();
    });
  }

  private restore(places: readonly Place[]): string[] {
    return places.flatMap(({ log, team }) => {
      const bytes = fromHex(log, 16);
      if (bytes && !this.bare.has(log)) {
        this.bare.set(log, bareRow(bytes, fromHex(team, 16)));
      }
      return bytes ? [log] : [];
    });
  }

  rowOf(key: string): Row | undefined {
    return this.rows.value.get(key) ?? this.bare.get(key);
  }

  /** The conversation of a main log or of a team log. */
  ownerOf(log: string): Row | undefined {
    const own = this.rowOf(log);
    const all = [...this.rows.value.values(), ...this.bare.values()];
    return own ?? all.find((row) => row.teamLog && toHex(row.teamLog) === log);
  }

  show(key: string): void {
    if (!this.rowOf(key)) {
      return;
    }
    this.recent = [key, ...this.recent.filter((other) => other !== key)];
    if (!this.open.value.includes(key)) {
      const dropped = this.recent.splice(TALKS_MAX);
      this.open.value = [...this.open.value.filter((other) => !dropped.includes(other)), key];
      dropped.forEach((other) => this.unwatch(other));
    }
    this.shown.value = key;
  }

  close(key: string): void {
    const at = this.open.value.indexOf(key);
    const left = this.open.value.filter((other) => other !== key);
    this.recent = this.recent.filter((other) => other !== key);
    this.open.value = left;
    if (this.shown.value === key) {
      this.shown.value = left[Math.min(Math.max(at, 0), left.length - 1)] ?? "";
    }
    this.unwatch(key);
  }

  step(by: 1 | -1): void {
    const keys = this.open.value;
    const at = keys.indexOf(this.shown.value);
    const next = keys[(at + by + keys.length) % keys.length];
    if (next) {
      this.show(next);
    }
  }

  private watch_all(): void {
    if (!this.session.ready.value) {
      return;
    }
    const held = [...this.open.value, ...this.besides.map(({ log }) => log)];
    for (const row of held.map((key) => this.rowOf(key))) {
      for (const log of row ? [row.log, ...(row.teamLog ? [row.teamLog] : [])] : []) {
        if (!this.watched.has(toHex(log))) {
          this.watched.add(toHex(log));
          this.session.open(log);
        }
      }
    }
  }

  private unwatch(key: string): void {
    const row = this.rowOf(key);
    const logs = row ? [row.log, ...(row.teamLog ? [row.teamLog] : [])] : [];
    const waits = logs.some((log) => {
      const { items = [] } = this.session.logs.peek().get(toHex(log)) ?? {};
      return items.some((item) => item.mine && !item.seq && !item.refused);
    });
    if (waits) {
      return;
    }
    for (const log of logs) {
      this.watched.delete(toHex(log));
      this.session.engine.command("closeLog", { log });
    }
  }
}
