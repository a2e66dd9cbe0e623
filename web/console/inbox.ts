// The inbox: a copy of the desk's projection, whole at first and then by changed rows.
import { decode } from "../engine/src/codec.ts";
import { InboxPage, type InboxRow } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";

export type Row = {
  readonly key: string;
  readonly log: Uint8Array;
  /** Absent until the desk has made it. */
  readonly teamLog: Uint8Array | undefined;
  readonly preview: string;
  readonly headSeq: number;
  readonly timeMs: number;
  /** 0 where nobody waits. */
  readonly waitingSinceMs: number;
  readonly pageTitle: string;
};

function rowOf(row: InboxRow): Row {
  const { log, preview, headSeq, timeMs, waitingSinceMs, pageTitle } = row;
  const teamLog = row.teamLog.some((byte) => byte !== 0) ? row.teamLog : undefined;
  return { key: toHex(log), log, teamLog, preview, headSeq, timeMs, waitingSinceMs, pageTitle };
}

/** Rows replace those of the same log. Throws CodecError for what is no page. */
export function mergePage(rows: ReadonlyMap<string, Row>, body: Uint8Array): Map<string, Row> {
  const merged = new Map(rows);
  for (const row of decode(InboxPage, body).rows.map(rowOf)) {
    merged.set(row.key, row);
  }
  return merged;
}

/** Who waits longest stands first; behind them the newest. */
export function inOrder(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].sort((a, b) => {
    if (a.waitingSinceMs && b.waitingSinceMs) {
      return a.waitingSinceMs - b.waitingSinceMs;
    }
    if (a.waitingSinceMs || b.waitingSinceMs) {
      return a.waitingSinceMs ? -1 : 1;
    }
    return b.timeMs - a.timeMs;
  });
}
