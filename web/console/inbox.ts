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
  /** The newest message was; then there is no preview. */
  readonly recalled: boolean;
  readonly headSeq: number;
  readonly timeMs: number;
  /** 0 where nobody waits. */
  readonly waitingSinceMs: number;
  readonly pageTitle: string;
  readonly locale: string;
  /** The device that began it, hexadecimal; empty where it is not known. */
  readonly creator: string;
  /** As the shop's own login names the customer; empty where it has said nothing. */
  readonly subject: string;
  readonly subjectName: string;
  /** Put on by the team, as the desk has folded them. */
  readonly tags: readonly string[];
};

const isThere = (bytes: Uint8Array): boolean => bytes.some((byte) => byte !== 0);

export function rowOf(row: InboxRow): Row {
  const { log, preview, recalled, headSeq, timeMs, waitingSinceMs, pageTitle, locale } = row;
  const { subject, subjectName, tags } = row;
  const teamLog = isThere(row.teamLog) ? row.teamLog : undefined;
  const creator = isThere(row.creator) ? toHex(row.creator) : "";
  return {
    key: toHex(log),
    log,
    teamLog,
    preview,
    recalled,
    headSeq,
    timeMs,
    waitingSinceMs,
    pageTitle,
    locale,
    creator,
    subject,
    subjectName,
    tags,
  };
}

/** A conversation of which only the ids are known, as after a reload without the desk. */
export function bareRow(log: Uint8Array, teamLog: Uint8Array | undefined): Row {
  return {
    key: toHex(log),
    log,
    teamLog,
    preview: "",
    recalled: false,
    headSeq: 0,
    timeMs: 0,
    waitingSinceMs: 0,
    pageTitle: "",
    locale: "",
    creator: "",
    subject: "",
    subjectName: "",
    tags: [],
  };
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

/** All words of the query stand somewhere in the text. */
export function matches(query: string, ...texts: readonly string[]): boolean {
  const text = texts.join(" ").toLocaleLowerCase();
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => text.includes(word));
}

/** Conversations of the same person, as far as anybody knows, newest first. */
export function ofSamePerson(rows: ReadonlyMap<string, Row>, row: Row): Row[] {
  const one = (other: Row) =>
    other.creator === row.creator || (row.subject !== "" && other.subject === row.subject);
  const same = (other: Row) => other.key !== row.key && one(other);
  return row.creator
    ? [...rows.values()].filter(same).sort((a, b) => b.timeMs - a.timeMs)
    : [];
}
