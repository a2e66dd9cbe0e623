// The customer's conversations as a list, and who of the shop takes part in one.
import { ContentKind } from "../../web/engine/src/gen/wire.ts";
import { amendedIn } from "../../web/ui/src/amend.ts";
import {
  AuthorClass,
  isAmendment,
  type Conversation,
  type Item,
} from "../../web/ui/src/conversation.ts";
import { personOf, type Members } from "../../web/ui/src/members.ts";

export type Row = {
  readonly log: string;
  /** Who of the shop spoke last; "" where nobody did, or the desk by itself. */
  readonly name: string;
  readonly author: string;
  readonly words: string;
  /** The last message was; then there are no words. */
  readonly recalled: boolean;
  readonly mine: boolean;
  /** 0 where nothing is known yet. */
  readonly timeMs: number;
  readonly unread: number;
};

export type Person = {
  readonly device: string;
  readonly name: string;
  readonly picture?: Uint8Array | undefined;
};

const NO_TALK: ReadonlySet<number> = new Set([
  ContentKind.PAGE_VIEW,
  ContentKind.ABOUT,
  ContentKind.SHOP_CERTIFICATE,
  ContentKind.SHOP_HANDOVER,
  ContentKind.SHOP_INVITATION_USED,
]);

/** Something that somebody said, as against what the device notes by itself. */
export const isTalk = (kind: number): boolean => !NO_TALK.has(kind) && !isAmendment(kind);

const nameOf = (item: Item, { names }: Conversation, members?: Members): string =>
  item.authorName || members?.get(item.author)?.name || (names[item.author] ?? "");

/** Certified people of the shop who are in the conversation, who spoke last first. */
export function peopleOf(conversation: Conversation, members: Members = new Map()): Person[] {
  const found = new Map<string, Person>();
  const take = (device: string, name: string) => {
    const member = members.get(device);
    const person = personOf(members, device);
    if (name && !member?.left && !found.has(person)) {
      found.set(person, { device, name, picture: member?.picture });
    }
  };
  for (const item of [...conversation.items].reverse()) {
    if (item.authorClass === AuthorClass.shop) {
      take(item.author, nameOf(item, conversation, members));
    }
  }
  for (const { device, name, authorClass } of members.values()) {
    if (authorClass === AuthorClass.shop) {
      take(device, name || (conversation.names[device] ?? ""));
    }
  }
  return [...found.values()];
}

/** Somebody spoke here for whom the shop does not vouch. */
export function hasStranger({ items }: Conversation): boolean {
  return items.some(({ authorClass }) => authorClass === AuthorClass.stranger);
}

function rowOf(log: string, conversation: Conversation | undefined): Row {
  const items = conversation?.items.filter((item) => isTalk(item.kind) && !item.problem) ?? [];
  const last = items.at(-1);
  const now = last && conversation && amendedIn(conversation.items).get(last.key);
  const answer = items.filter(({ authorClass }) => authorClass === AuthorClass.shop).at(-1);
  return {
    log,
    name: answer && conversation ? nameOf(answer, conversation) : "",
    author: answer?.author ?? "",
    words: now?.text ?? last?.text ?? "",
    recalled: now?.recall !== undefined,
    mine: last?.mine ?? false,
    timeMs: last?.timeMs ?? 0,
    unread: conversation?.unread ?? 0,
  };
}

/** Newest words first. */
export function rowsOf(
  own: Iterable<string>,
  logs: ReadonlyMap<string, Conversation>,
): readonly Row[] {
  const rows = [...own].map((log) => rowOf(log, logs.get(log)));
  return rows.sort((one, other) => other.timeMs - one.timeMs);
}

/** What nobody has seen yet, but for the conversation that is before the person's eyes. */
export function unreadOf(rows: readonly Row[], seen: string): number {
  return rows.reduce((sum, row) => sum + (row.log === seen ? 0 : row.unread), 0);
}
