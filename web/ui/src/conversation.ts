// One log as people see it: a pure fold of the engine's events. Messages with a place stand in the
// order of their seq, those still in the outbox behind them in the order they were written.
import type { CoreEvent } from "../../engine/src/client.ts";
import { decode } from "../../engine/src/codec.ts";
import { About, ContentKind, PageView, Reaction, Text } from "../../engine/src/gen/wire.ts";
import { toHex } from "../../engine/src/text.ts";

export const AuthorClass = { customer: 1, shop: 2, desk: 3, stranger: 4 } as const;

/** Messages that a page holds of one log; what is far from where somebody reads is let go. */
export const WINDOW_ITEMS = 150;
/** Live messages may come on top, so that the window does not move with each. */
const LIVE_ITEMS = 100;

/** Another message of the same log, as its author names it. */
export type Target = { readonly author: string; readonly counter: number; readonly seq: number };

/** Of a message that is about none. */
export const NO_TARGET: Target = { author: "00".repeat(32), counter: 0, seq: 0 };

/** It changes another message and is none itself. */
export const isAmendment = (kind: number): boolean =>
  kind === ContentKind.EDIT || kind === ContentKind.RECALL || kind === ContentKind.REACTION;

export type Item = {
  /** Stable while the page lives, also when an outbox message gets its place. */
  readonly key: string;
  /** 0 while it is in the outbox. */
  readonly seq: number;
  readonly counter: number;
  readonly ref: number;
  readonly author: string;
  readonly authorClass: number;
  readonly authorName: string;
  readonly mine: boolean;
  readonly kind: number;
  readonly text: string;
  /** Of kind PAGE_VIEW: where the customer was. */
  readonly page?: PageView | undefined;
  /** What it answers, edits, recalls, or puts a sign to. */
  readonly target?: Target | undefined;
  /** A reply: how its target began. */
  readonly quote?: string | undefined;
  /** A sign that is taken back. */
  readonly off?: boolean | undefined;
  /** As it was said, where more can be shown of it than its words. */
  readonly content?: Uint8Array | undefined;
  readonly timeMs: number;
  /** Number of the error table: could not be opened. */
  readonly problem: number;
  /** Number of the error table: refused for good. */
  readonly refused: number;
};

export type Conversation = {
  readonly log: string;
  readonly items: readonly Item[];
  readonly names: Readonly<Record<string, string>>;
  readonly typing: readonly string[];
  readonly deliveredSeq: number;
  readonly readSeq: number;
  readonly ownReadSeq: number;
  readonly headSeq: number;
  readonly inSync: boolean;
  /** The server was set back; what it lost is being put back, and nothing new gets a place. */
  readonly held: boolean;
  readonly unread: number;
  /** There are older messages to ask for. */
  readonly more: boolean;
  /** There are newer ones, which were let go or never asked for. */
  readonly newer: boolean;
  /** Places of the log that this page has looked at; 0 where it has not yet. */
  readonly firstSeq: number;
  readonly endSeq: number;
  /** Somebody reads above the end: what comes must not push away what he reads. */
  readonly away: boolean;
  readonly loaded: boolean;
};

export function emptyConversation(log: string): Conversation {
  return {
    log,
    items: [],
    names: {},
    typing: [],
    deliveredSeq: 0,
    readSeq: 0,
    ownReadSeq: 0,
    headSeq: 0,
    inSync: true,
    held: false,
    unread: 0,
    more: false,
    newer: false,
    firstSeq: 0,
    endSeq: 0,
    away: false,
    loaded: false,
  };
}

type MessageOf = Extract<CoreEvent, { type: "message" }>;
type PlacedOf = Extract<CoreEvent, { type: "placed" }>;

type Content = Pick<Item, "text" | "page" | "quote" | "off" | "content">;

/** What a message holds; its fallback for kinds that this version does not know. */
function contentOf(message: MessageOf): Content {
  const { kind, content, fallback, problem } = message;
  try {
    switch (problem ? -1 : kind) {
      case -1:
        return { text: "" };
      case ContentKind.TEXT: {
        const { text, quote, preview } = decode(Text, content);
        const more = preview.length ? { content } : {};
        return quote ? { text, quote, ...more } : { text, ...more };
      }
      case ContentKind.EDIT:
        return { text: decode(Text, content).text };
      case ContentKind.RECALL:
        return { text: "" };
      case ContentKind.REACTION: {
        const { emoji, off } = decode(Reaction, content);
        return { text: emoji, off };
      }
      case ContentKind.PAGE_VIEW: {
        const page = decode(PageView, content);
        return { text: page.title, page };
      }
      case ContentKind.ABOUT:
        return { text: decode(About, content).name };
      default:
        return { text: fallback, content };
    }
  } catch {
    return { text: fallback };
  }
}

function targetOf({ targetAuthor, targetCounter, targetSeq }: MessageOf): Target | undefined {
  return targetCounter
    ? { author: toHex(targetAuthor), counter: targetCounter, seq: targetSeq }
    : undefined;
}

function samePlace(item: Item, message: MessageOf, author: string): boolean {
  if (message.seq && item.seq) {
    return item.seq === message.seq;
  }
  if (item.mine && message.mine && message.ref && item.ref === message.ref) {
    return true;
  }
  return message.counter > 0 && item.counter === message.counter && item.author === author;
}

function insert(items: readonly Item[], item: Item): Item[] {
  let at = items.length;
  const behind = (other: Item) => {
    if (item.seq) {
      return !other.seq || other.seq > item.seq;
    }
    return !other.seq && other.timeMs > item.timeMs;
  };
  while (at > 0 && behind(items[at - 1] as Item)) {
    at--;
  }
  return [...items.slice(0, at), item, ...items.slice(at)];
}

/** Instead of what was known of it, in the same place while it has none of the log. */
function put(items: readonly Item[], known: Item | undefined, item: Item): Item[] {
  if (known && !item.seq) {
    return items.map((other) => (other === known ? item : other));
  }
  return insert(known ? items.filter((other) => other !== known) : items, item);
}

function takeMessage(state: Conversation, message: MessageOf): Conversation {
  const author = toHex(message.author);
  const known = state.items.find((item) => samePlace(item, message, author));
  if (known?.seq && !message.seq) {
    return state;
  }
  // Behind a window that does not reach the end there is a gap.
  const beyond = state.newer && message.seq && !message.history && !known;
  if (beyond && !(isAmendment(message.kind) && message.targetSeq <= state.endSeq)) {
    return { ...state, headSeq: Math.max(state.headSeq, message.seq) };
  }
  const { seq, counter, ref, authorClass, authorName, mine, kind, problem, timeMs } = message;
  const item: Item = {
    key: known?.key ?? (ref && mine ? `ref ${ref}` : `${author} ${counter || `seq ${seq}`}`),
    seq,
    counter,
    ref: ref || (known?.ref ?? 0),
    author,
    authorClass,
    authorName,
    mine,
    kind,
    ...contentOf(message),
    target: targetOf(message),
    timeMs,
    problem,
    refused: 0,
  };
  const named = kind === ContentKind.ABOUT && !problem && authorClass !== AuthorClass.stranger;
  return {
    ...state,
    items: put(state.items, known, item),
    endSeq: message.history ? state.endSeq : Math.max(state.endSeq, seq),
    names: named ? { ...state.names, [author]: item.text } : state.names,
    typing: state.typing.filter((other) => other !== author || message.history),
  };
}

function takePlaced(state: Conversation, placed: PlacedOf): Conversation {
  const waiting = state.items.filter((item) => item.mine && !item.seq);
  const known =
    waiting.find((item) => placed.ref > 0 && item.ref === placed.ref) ??
    waiting.find((item) => item.counter === placed.counter);
  if (!known) {
    return state;
  }
  const { seq, counter, timeMs, code } = placed;
  const item = code ? { ...known, refused: code } : { ...known, seq, counter, timeMs, refused: 0 };
  const items = put(state.items, known, item);
  const { firstSeq, endSeq } = state;
  return state.newer
    ? // It stands at the end now, which is elsewhere.
      { ...state, items: between(items, firstSeq, endSeq), headSeq: Math.max(state.headSeq, seq) }
    : { ...state, items, endSeq: Math.max(endSeq, item.seq) };
}

type EndOf = Extract<CoreEvent, { type: "historyEnd" }>;

/** Only what stands between two places, what changes it, and what has no place. */
function between(items: readonly Item[], first: number, end: number): Item[] {
  const inside = (seq: number) => seq >= first && seq <= end;
  const changes = ({ kind, target }: Item) =>
    isAmendment(kind) && target !== undefined && inside(target.seq);
  return items.filter((item) => !item.seq || inside(item.seq) || changes(item));
}

/** Lets go of what is beyond the window, at its far side. */
function trimmed(state: Conversation, keep: "older" | "newer", max: number): Conversation {
  const placed = state.items.filter(({ seq }) => seq > 0 && seq <= state.endSeq);
  if (placed.length <= max) {
    return state;
  }
  const newer = keep === "newer";
  const firstSeq = newer ? (placed.at(-WINDOW_ITEMS)?.seq ?? 0) : state.firstSeq;
  const endSeq = newer ? state.endSeq : (placed[WINDOW_ITEMS - 1]?.seq ?? 0);
  const items = between(state.items, firstSeq, endSeq);
  const ends = newer ? { more: true } : { newer: true };
  return { ...state, ...ends, items, firstSeq, endSeq };
}

/** Between the page and the window something is missing. */
export function isApart(state: Conversation | undefined, page: EndOf): boolean {
  const { firstSeq = 0, endSeq = 0, newer = false } = state ?? {};
  const gap = page.lastSeq + 1 < firstSeq || (newer && page.firstSeq > endSeq + 1);
  return page.firstSeq > 0 && firstSeq > 0 && gap;
}

/** A page joins the window where it touches it; else it is the window from now on. */
function takePage(state: Conversation, page: EndOf): Conversation {
  const { firstSeq: first, lastSeq: last, more, atEnd } = page;
  if (!first) {
    return { ...state, more: state.firstSeq ? state.more : more, newer: false, loaded: true };
  }
  const { firstSeq, endSeq } = state;
  if (!firstSeq || isApart(state, page)) {
    // What came while nothing was loaded follows the newest page.
    const end = atEnd ? Math.max(last, endSeq) : last;
    const items = between(state.items, first, end);
    return { ...state, items, more, newer: !atEnd, firstSeq: first, endSeq: end, loaded: true };
  }
  const whole = {
    ...state,
    firstSeq: Math.min(first, firstSeq),
    endSeq: Math.max(last, endSeq),
    more: first <= firstSeq ? more : state.more,
    newer: state.newer && !atEnd,
    loaded: true,
  };
  return trimmed(whole, first < firstSeq ? "older" : "newer", WINDOW_ITEMS);
}

/** Without one message that was never placed. */
export function without(state: Conversation, key: string): Conversation {
  return { ...state, items: state.items.filter((item) => item.key !== key || item.seq > 0) };
}

/** Answers the same object where the event changes nothing. The event must be of this log. */
export function reduce(state: Conversation, event: CoreEvent): Conversation {
  switch (event.type) {
    case "message": {
      const next = takeMessage(state, event);
      const live = !event.history && event.seq > 0 && next !== state;
      const keep = next.away ? "older" : "newer";
      return live ? trimmed(next, keep, WINDOW_ITEMS + LIVE_ITEMS) : next;
    }
    case "placed":
      return takePlaced(state, event);
    case "receipts": {
      const { deliveredSeq, readSeq, ownReadSeq } = event;
      return { ...state, deliveredSeq, readSeq, ownReadSeq };
    }
    case "historyEnd":
      return takePage(state, event);
    case "typing": {
      const author = toHex(event.author);
      const others = state.typing.filter((other) => other !== author);
      return { ...state, typing: event.on ? [...others, author] : others };
    }
    case "logChanged": {
      const { headSeq, inSync, held, unread } = event;
      return { ...state, headSeq, inSync, held, unread };
    }
    case "logReset":
      // What lost its place comes again: own messages at once as waiting, others' with their place.
      return { ...state, items: state.items.filter((item) => item.seq < event.fromSeq) };
    default:
      return state;
  }
}

/** The newest place of what this page holds; what a person has seen who sees the end. */
export function lastSeq(state: Conversation): number {
  const newest = state.items.reduce((last, item) => Math.max(last, item.seq), 0);
  return state.newer ? Math.min(newest, state.endSeq) : newest;
}

/** Where the customer was when he last said so. */
export function lastPage(state: Conversation | undefined): PageView | undefined {
  const { customer } = AuthorClass;
  // What waits in one's own outbox has no class yet.
  const told = (item: Item) => item.page && (item.mine || item.authorClass === customer);
  const said = state?.items.filter(told);
  return said?.at(-1)?.page;
}
