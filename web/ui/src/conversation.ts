// One log as people see it: a pure fold of the engine's events. Messages with a place stand in the
// order of their seq, those still in the outbox behind them in the order they were written.
import type { CoreEvent } from "../../engine/src/client.ts";
import { decode } from "../../engine/src/codec.ts";
import { About, ContentKind, PageView, Text } from "../../engine/src/gen/wire.ts";
import { toHex } from "../../engine/src/text.ts";

export const AuthorClass = { customer: 1, shop: 2, desk: 3, stranger: 4 } as const;

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
  readonly unread: number;
  /** There are older messages to ask for. */
  readonly more: boolean;
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
    unread: 0,
    more: false,
    loaded: false,
  };
}

type MessageOf = Extract<CoreEvent, { type: "message" }>;
type PlacedOf = Extract<CoreEvent, { type: "placed" }>;

/** The words of a message; its fallback for kinds that this version does not know. */
function textOf(message: MessageOf): string {
  try {
    switch (message.kind) {
      case ContentKind.TEXT:
        return decode(Text, message.content).text;
      case ContentKind.PAGE_VIEW:
        return decode(PageView, message.content).title;
      case ContentKind.ABOUT:
        return decode(About, message.content).name;
      default:
        return message.fallback;
    }
  } catch {
    return message.fallback;
  }
}

function pageOf(message: MessageOf): PageView | undefined {
  try {
    return message.kind === ContentKind.PAGE_VIEW ? decode(PageView, message.content) : undefined;
  } catch {
    return undefined;
  }
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
    text: problem ? "" : textOf(message),
    page: problem ? undefined : pageOf(message),
    timeMs,
    problem,
    refused: 0,
  };
  const named = kind === ContentKind.ABOUT && !problem && authorClass !== AuthorClass.stranger;
  return {
    ...state,
    items: put(state.items, known, item),
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
  return { ...state, items: put(state.items, known, item) };
}

/** Without one message that was never placed. */
export function without(state: Conversation, key: string): Conversation {
  return { ...state, items: state.items.filter((item) => item.key !== key || item.seq > 0) };
}

/** Answers the same object where the event changes nothing. The event must be of this log. */
export function reduce(state: Conversation, event: CoreEvent): Conversation {
  switch (event.type) {
    case "message":
      return takeMessage(state, event);
    case "placed":
      return takePlaced(state, event);
    case "receipts": {
      const { deliveredSeq, readSeq, ownReadSeq } = event;
      return { ...state, deliveredSeq, readSeq, ownReadSeq };
    }
    case "historyEnd":
      return { ...state, more: event.more, loaded: true };
    case "typing": {
      const author = toHex(event.author);
      const others = state.typing.filter((other) => other !== author);
      return { ...state, typing: event.on ? [...others, author] : others };
    }
    case "logChanged": {
      const { headSeq, inSync, unread } = event;
      return { ...state, headSeq, inSync, unread };
    }
    default:
      return state;
  }
}

/** The newest place of what this page holds; what a person has seen who sees the end. */
export function lastSeq(state: Conversation): number {
  return state.items.reduce((last, item) => Math.max(last, item.seq), 0);
}

/** Where the customer was when he last said so. */
export function lastPage(state: Conversation | undefined): PageView | undefined {
  const { customer } = AuthorClass;
  // What waits in one's own outbox has no class yet.
  const told = (item: Item) => item.page && (item.mine || item.authorClass === customer);
  const said = state?.items.filter(told);
  return said?.at(-1)?.page;
}
