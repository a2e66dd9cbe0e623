// Tags of conversations: words that the team puts on and takes off, kept in the team log and folded
// by the desk into its rows; what is still under way counts here at once.
import { signal } from "@preact/signals";
import { decode, encode } from "../engine/src/codec.ts";
import { ContentKind, Tag } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import { AuthorClass, NO_TARGET, type Conversation, type Item } from "../ui/src/conversation.ts";
import type { Session } from "../ui/src/session.ts";
import type { Row } from "./inbox.ts";

/** As the desk counts them (server/desk/search_index.h). */
export const TAGS_MAX = 20;
/** In characters; the desk takes 120 bytes. */
export const TAG_LENGTH_MAX = 30;

const low = (tag: string): string => tag.toLocaleLowerCase("en");

/** The tag as it is among those that are there, whatever its case. */
export const among = (tags: readonly string[], tag: string): string | undefined =>
  tags.find((known) => low(known) === low(tag));

/** What somebody typed, without signs around it that others use for tags. */
export function tagOf(typed: string): string {
  const plain = typed.replace(/\p{C}/gu, " ").replace(/\s+/g, " ").trim();
  return [...plain.replace(/^[#\uff03]+\s*/, "")].slice(0, TAG_LENGTH_MAX).join("").trim();
}

export function readTag(item: Pick<Item, "kind" | "content" | "problem">): Tag | undefined {
  if (item.kind !== ContentKind.TAG || item.problem || !item.content) {
    return undefined;
  }
  try {
    return decode(Tag, item.content);
  } catch {
    return undefined;
  }
}

/**
 * Those of the row, with what the newest part of the team log says on top: of each word the newest
 * counts, so that saying once more what the desk knows changes nothing.
 */
export function tagsWith(tags: readonly string[], notes: Conversation | undefined): string[] {
  let now = [...tags];
  for (const item of notes && !notes.newer ? notes.items : []) {
    // Of one's own words the class comes with the first reading of the log.
    const of_team = item.mine || item.authorClass === AuthorClass.shop;
    const said = of_team && !item.refused ? readTag(item) : undefined;
    const known = said && among(now, said.name);
    if (said?.off) {
      now = now.filter((tag) => tag !== known);
    } else if (said && !known) {
      now = [...now, said.name];
    }
  }
  return now;
}

/** All that are on some conversation, those on most of them first. */
export function inUse(rows: Iterable<Row>): string[] {
  const counted = new Map<string, { tag: string; n: number }>();
  for (const tag of [...rows].flatMap(({ tags }) => tags)) {
    const one = counted.get(low(tag)) ?? { tag, n: 0 };
    counted.set(low(tag), { ...one, n: one.n + 1 });
  }
  const all = [...counted.values()].sort((a, b) => b.n - a.n || a.tag.localeCompare(b.tag));
  return all.map(({ tag }) => tag);
}

export class Tags {
  /** Changes when the field should take the focus. */
  readonly focus = signal(0);

  constructor(private readonly session: Session) {}

  of(row: Row): readonly string[] {
    const notes = row.teamLog && this.session.logs.value.get(toHex(row.teamLog));
    return tagsWith(row.tags, notes || undefined);
  }

  /** Under the spelling that others gave it; false where it is on already, or nothing. */
  put(row: Row, typed: string, known: readonly string[]): boolean {
    const tag = tagOf(typed);
    const tags = this.of(row);
    const room = tags.length < TAGS_MAX && !among(tags, tag);
    if (tag && room) {
      this.say(row, among(known, tag) ?? tag, false);
    }
    return tag !== "" && room;
  }

  takeOff(row: Row, tag: string): void {
    this.say(row, tag, true);
  }

  private say(row: Row, name: string, off: boolean): void {
    if (row.teamLog) {
      const content = encode(Tag, { name, off });
      this.session.say(toHex(row.teamLog), NO_TARGET, ContentKind.TAG, content, `#${name}`);
    }
  }
}
