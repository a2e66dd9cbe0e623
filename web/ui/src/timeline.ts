// How messages stand together: days, groups of one speaker, and one state under a group.
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { AuthorClass, type Conversation, type Item } from "./conversation.ts";

const GROUP_MS = 3 * 60 * 1000;

export type State = "sending" | "sent" | "delivered" | "read" | "refused";

/** `key` names the first item. `state` belongs under the last item of a group of mine. */
export type Group = {
  readonly key: string;
  readonly items: readonly Item[];
  readonly mine: boolean;
  readonly authorClass: number;
  readonly author: string;
  readonly isNote: boolean;
  /** Here reading goes on: what follows came while nobody looked. */
  readonly isUnread: boolean;
};

export type Day = { readonly key: string; readonly timeMs: number; readonly groups: Group[] };

type Receipts = Pick<Conversation, "deliveredSeq" | "readSeq">;

export function stateOf(item: Item, { deliveredSeq, readSeq }: Receipts): State {
  if (item.refused) {
    return "refused";
  }
  if (!item.seq) {
    return "sending";
  }
  if (item.seq <= readSeq) {
    return "read";
  }
  return item.seq <= deliveredSeq ? "delivered" : "sent";
}

export type Entry = { readonly item: Item; readonly isNote: boolean };

function dayOf(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

// A line about the customer, not a word of his: it stands alone.
const stands_alone = (item: Item): boolean => item.kind === ContentKind.PAGE_VIEW;

/** Where reading stopped when the conversation was opened, and when that was. */
export type Mark = { readonly seq: number; readonly timeMs: number };

/** The first message that came while nobody looked; "" where there is none. */
export function firstUnread(entries: readonly Entry[], mark: Mark | undefined): string {
  if (!mark || mark.seq === 0) {
    return "";
  }
  const missed = ({ item, isNote }: Entry) =>
    !isNote && !item.mine && item.seq > mark.seq && item.timeMs < mark.timeMs;
  return entries.find(missed)?.item.key ?? "";
}

/**
 * Groups entries that come in order; a group has one speaker, one kind and short gaps, and ends
 * where the unread messages begin. `person` says whose device an author is.
 */
export function groupByDay(
  entries: readonly Entry[],
  unread = "",
  person: (author: string) => string = (author) => author,
): Day[] {
  const days: Day[] = [];
  let last: { item: Item; group: Item[]; isNote: boolean } | undefined;
  for (const { item, isNote } of entries) {
    const day = dayOf(item.timeMs);
    if (days.at(-1)?.key !== day) {
      days.push({ key: day, timeMs: item.timeMs, groups: [] });
      last = undefined;
    }
    const goes_on =
      last !== undefined &&
      person(last.item.author) === person(item.author) &&
      last.isNote === isNote &&
      last.item.mine === item.mine &&
      last.item.authorClass === item.authorClass &&
      !stands_alone(last.item) &&
      !stands_alone(item) &&
      item.key !== unread &&
      item.timeMs - last.item.timeMs < GROUP_MS;
    if (last && goes_on) {
      last.group.push(item);
      last.item = item;
      continue;
    }
    const group = [item];
    last = { item, group, isNote };
    const { key, mine, authorClass, author } = item;
    const isUnread = key === unread;
    days.at(-1)?.groups.push({ key, items: group, mine, authorClass, author, isNote, isUnread });
  }
  return days;
}

/** Messages and notes in one line of time; each keeps the order of its own log. */
export function merge(messages: readonly Item[], notes: readonly Item[]): Entry[] {
  const out: Entry[] = [];
  let next = 0;
  for (const item of messages) {
    while (next < notes.length && (notes[next] as Item).timeMs < item.timeMs) {
      out.push({ item: notes[next++] as Item, isNote: true });
    }
    out.push({ item, isNote: false });
  }
  return [...out, ...notes.slice(next).map((item) => ({ item, isNote: true }))];
}

export function nameOf(
  item: Pick<Item, "author" | "authorClass" | "authorName">,
  names: Readonly<Record<string, string>>,
  words: { shop: string; agent: string; customer: string; stranger: string },
): string {
  switch (item.authorClass) {
    case AuthorClass.stranger:
      return words.stranger;
    case AuthorClass.desk:
      return words.shop;
    case AuthorClass.shop:
      return item.authorName || names[item.author] || words.agent;
    default:
      return item.authorName || names[item.author] || words.customer;
  }
}
