// What is being written in each conversation: the session keeps a reply under the conversation's
// own log and a note under the team log. A note begun before there is a team log waits here.
import { effect, signal, type Signal } from "@preact/signals";
import { toHex } from "../engine/src/text.ts";
import type { Session } from "../ui/src/session.ts";
import type { Row } from "./inbox.ts";
import type { Talks } from "./talks.ts";

export type Mode = "reply" | "note";

export class Writing {
  private readonly early: Signal<ReadonlyMap<string, string>> = signal(new Map());

  constructor(
    private readonly session: Session,
    talks: Talks,
  ) {
    effect(() => {
      for (const [key, text] of this.early.value) {
        const team = talks.rowOf(key)?.teamLog;
        if (team) {
          this.set_early(key, "");
          this.putBefore(team, text);
        }
      }
    });
  }

  private set_early(key: string, text: string): void {
    const early = new Map(this.early.peek());
    if (text) {
      early.set(key, text);
    } else {
      early.delete(key);
    }
    this.early.value = early;
  }

  private kept(log: Uint8Array): string {
    return this.session.drafts.value.get(toHex(log)) ?? "";
  }

  of(row: Row, mode: Mode): string {
    const log = mode === "note" ? row.teamLog : row.log;
    return log ? this.kept(log) : (this.early.value.get(row.key) ?? "");
  }

  /** The reply that was begun, else the note. */
  anyOf(row: Row): string {
    return this.of(row, "reply").trim() || this.of(row, "note").trim();
  }

  write(row: Row, mode: Mode, text: string): void {
    const log = mode === "note" ? row.teamLog : row.log;
    if (log) {
      this.session.writeDraft(log, text);
    } else {
      this.set_early(row.key, text);
    }
    if (mode === "reply") {
      this.session.typed(row.log, text.trim() !== "");
    }
  }

  /** What could not be stored stands in its composer again. */
  putBefore(log: Uint8Array, text: string): void {
    this.session.writeDraft(log, [text, this.kept(log)].filter(Boolean).join("\n"));
  }
}
