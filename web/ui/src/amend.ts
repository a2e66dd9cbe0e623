// Edits, recalls and reactions: what messages say now. One rule for all who show a conversation
// (docs/PROTOCOL.md section 5.10); core/include/shopbell/amend.h is the same for the desk.
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { AuthorClass, isAmendment, type Item } from "./conversation.ts";
import { isEmojiOnly } from "./links.ts";

/** amend_ms_max of limits.h: how long after a message its author may change it. */
export const AMEND_MS_MAX = 15 * 60 * 1000;
/** reaction_bytes_max of limits.h. */
const REACTION_BYTES_MAX = 48;

const NOT_AMENDED: ReadonlySet<number> = new Set([
  ContentKind.ABOUT,
  ContentKind.PAGE_VIEW,
  ContentKind.TAG,
]);

/** One sign under a message, and whose device put it there. */
export type Reaction = {
  readonly emoji: string;
  readonly authors: readonly string[];
  readonly mine: boolean;
};

export type Amended = {
  readonly text: string;
  /** That count, oldest first. */
  readonly edits: readonly Item[];
  readonly recall: Item | undefined;
  readonly reactions: readonly Reaction[];
  /** An own edit or recall that is still on its way, was refused, or came too late. */
  readonly waiting: Item | undefined;
};

const NOTHING: ReadonlyMap<string, Amended> = new Map();
const known = new WeakMap<readonly Item[], ReadonlyMap<string, Amended>>();
const utf8 = new TextEncoder();

export const idOf = (author: string, counter: number): string => `${author} ${counter}`;

/** Between sending and refusal it stands behind all that has a place. */
const inOrder = (one: Item, other: Item): number =>
  (one.seq || Infinity) - (other.seq || Infinity) || one.timeMs - other.timeMs;

function isSign(text: string): boolean {
  return isEmojiOnly(text) && utf8.encode(text).length <= REACTION_BYTES_MAX;
}

function counts(target: Item, item: Item): boolean {
  if (item.author !== target.author || item.refused) {
    return false;
  }
  // Until it has its place nobody knows the relay's time of it.
  const late_ms = item.timeMs - target.timeMs;
  return !item.seq || (late_ms >= 0 && late_ms <= AMEND_MS_MAX);
}

function reactionsOf(items: readonly Item[]): Reaction[] {
  const newest = new Map<string, Item>();
  for (const item of items) {
    if (item.kind === ContentKind.REACTION && !item.refused && isSign(item.text)) {
      newest.set(`${item.author} ${item.text}`, item);
    }
  }
  const signs = new Map<string, { emoji: string; authors: string[]; mine: boolean }>();
  for (const { text, author, mine, off } of newest.values()) {
    if (!off) {
      const sign = signs.get(text) ?? { emoji: text, authors: [], mine: false };
      sign.authors.push(author);
      sign.mine ||= mine;
      signs.set(text, sign);
    }
  }
  return [...signs.values()];
}

function amendedBy(target: Item, items: readonly Item[]): Amended {
  const edits: Item[] = [];
  let recall: Item | undefined;
  let waiting: Item | undefined;
  for (const item of items) {
    if (item.kind === ContentKind.REACTION) {
      continue;
    }
    const is_one = !recall && counts(target, item);
    if (is_one && item.kind === ContentKind.RECALL) {
      recall = item;
    } else if (is_one && item.text) {
      edits.push(item);
    }
    if (item.mine && target.mine && (!item.seq || !counts(target, item))) {
      waiting = item;
    }
  }
  const text = recall ? "" : (edits.at(-1)?.text ?? target.text);
  return { text, edits, recall, reactions: recall ? [] : reactionsOf(items), waiting };
}

/** By key of the message; only those that somebody has tried to change. */
export function amendedIn(items: readonly Item[]): ReadonlyMap<string, Amended> {
  const before = known.get(items);
  if (before) {
    return before;
  }
  const by_target = new Map<string, Item[]>();
  for (const item of items) {
    const { kind, target, problem, authorClass } = item;
    if (isAmendment(kind) && target && !problem && authorClass !== AuthorClass.stranger) {
      const id = idOf(target.author, target.counter);
      by_target.set(id, [...(by_target.get(id) ?? []), item]);
    }
  }
  const found = by_target.size ? new Map<string, Amended>() : NOTHING;
  for (const item of by_target.size ? items : []) {
    const own = item.counter ? by_target.get(idOf(item.author, item.counter)) : undefined;
    if (own && !item.problem && !NOT_AMENDED.has(item.kind) && !isAmendment(item.kind)) {
      (found as Map<string, Amended>).set(item.key, amendedBy(item, own.sort(inOrder)));
    }
  }
  known.set(items, found);
  return found;
}

/** What the message says now. */
export const textNow = (items: readonly Item[], item: Item): string =>
  amendedIn(items).get(item.key)?.text ?? item.text;

/** An answer to what was asked binds: its author does not take it back. */
const BINDING: ReadonlySet<number> = new Set([
  ContentKind.FORM_ANSWER,
  ContentKind.DECISION_GIVEN,
  ContentKind.RATING_GIVEN,
]);

/** Whether this device, which said it, may still recall it, by its own clock. */
export function mayRecall(items: readonly Item[], item: Item, now_ms: number): boolean {
  const young = now_ms - item.timeMs < AMEND_MS_MAX;
  const here = item.mine && item.ref > 0;
  const open = here && item.seq > 0 && !item.problem && young && !BINDING.has(item.kind);
  return open && !amendedIn(items).get(item.key)?.recall;
}

/** The same for an edit: only words can be said anew. */
export const mayAmend = (items: readonly Item[], item: Item, now_ms: number): boolean =>
  item.kind === ContentKind.TEXT && mayRecall(items, item, now_ms);
