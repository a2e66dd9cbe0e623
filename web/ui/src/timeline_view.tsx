// A conversation from its oldest loaded message to whoever types right now.
import { Fragment, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { amendedIn } from "./amend.ts";
import { Announcer, type News } from "./announcer.tsx";
import { useCalmScroll } from "./calm_scroll.ts";
import {
  AuthorClass,
  isAmendment,
  lastSeq,
  type Conversation,
  type Item,
  type Target,
} from "./conversation.ts";
import { Icon } from "./icons.tsx";
import { LockLine } from "./lock_line.tsx";
import { GroupView, speakerOf, wordsOf, type MessageProps } from "./message_view.tsx";
import { personOf } from "./members.ts";
import { dayName, fullTime } from "./time.ts";
import { firstUnread, groupByDay, merge, type Entry, type Mark } from "./timeline.ts";

/** In a short conversation everybody sees where it begins. */
const WORTH_A_BEGINNING = 20;

export type TimelineProps = MessageProps & {
  readonly empty: ComponentChildren;
  readonly lock: string;
  readonly lockMore: string;
  /** Somebody has it before him; while not, what comes is unread. Default: yes. */
  readonly seen?: boolean;
  /** Where reading is to go on; asked for anew by a new object. */
  readonly jump?: Jump | undefined;
  /** Brings what one can do with a message; what it answers takes that away again. */
  readonly tools?: ((box: HTMLElement) => () => void) | undefined;
  onLoadEarlier(): void;
  onLoadLater?(): void;
  onLoadLatest?(): void;
  /** Somebody reads above the end, or does no more. */
  onAway?(away: boolean): void;
};

/** A message, or where one should be. */
export type Jump = { readonly log: string; readonly target: Target };

const HIDDEN: ReadonlySet<number> = new Set([
  ContentKind.ABOUT,
  ContentKind.SHOP_CERTIFICATE,
  ContentKind.SHOP_HANDOVER,
  ContentKind.SHOP_INVITATION_USED,
]);

function isShown(item: Item, side: "customer" | "shop"): boolean {
  const for_shop_only = item.kind === ContentKind.PAGE_VIEW && side === "customer";
  const hidden = HIDDEN.has(item.kind) || isAmendment(item.kind) || for_shop_only;
  return item.problem !== 0 || !hidden;
}

function TypingLine({ props }: { props: TimelineProps }) {
  const { t, conversation, shopName, members } = props;
  const [author] = conversation.typing;
  if (author === undefined) {
    return null;
  }
  const wrote = conversation.items.filter((item) => item.author === author).at(-1);
  const shop = wrote?.authorClass === AuthorClass.desk ? shopName : "";
  const known = members?.get(author)?.name || conversation.names[author];
  const name = wrote?.authorName || known || shop;
  return (
    <p class="typing" data-testid="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {name ? t("typing", { name }) : t("typingUnnamed")}
    </p>
  );
}

/** Where reading stopped, fixed when the conversation comes before somebody's eyes. */
function useMark({ log, loaded, ownReadSeq }: Conversation, seen: boolean): Mark | undefined {
  const fixed = useRef<{ log: string; mark: Mark } | undefined>(undefined);
  if (!seen || fixed.current?.log !== log) {
    fixed.current = undefined;
  }
  if (seen && loaded && !fixed.current) {
    fixed.current = { log, mark: { seq: ownReadSeq, timeMs: Date.now() } };
  }
  return fixed.current?.mark;
}

/** Of others, with what they say now; nothing of what counts nowhere. */
function editsOf(props: TimelineProps): News[] {
  const { t, conversation } = props;
  return [...amendedIn(conversation.items).values()]
    .flatMap(({ edits, recall }) => (recall ? [] : edits.slice(-1)))
    .filter(({ mine, seq }) => !mine && seq > 0)
    .map((edit) => {
      const values = () => ({ name: speakerOf(props, edit, false), text: edit.text });
      return { key: edit.key, seq: edit.seq, words: () => t("editedSays", values()) };
    });
}

function newsOf(props: TimelineProps, entries: readonly Entry[]): News[] {
  return entries
    .filter(({ item, isNote }) => !isNote && !item.mine && item.seq > 0)
    .filter(({ item }) => item.kind !== ContentKind.PAGE_VIEW)
    .map(({ item }) => {
      const words = () => `${speakerOf(props, item, false)}: ${wordsOf(props.t, item)}`;
      return { key: item.key, seq: item.seq, words };
    });
}

/** Of each kind one is a tab stop; from it the arrow keys go to the others. */
const STOPS = ["button.time", ".bubble"];

function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  for (const kind of step === undefined ? [] : STOPS) {
    const stops = [...event.currentTarget.querySelectorAll<HTMLElement>(kind)];
    const at = stops.findIndex((stop) => stop === event.target);
    if (at >= 0) {
      event.preventDefault();
      const next = stops[Math.min(stops.length - 1, Math.max(0, at + (step ?? 0)))];
      next?.focus();
      next?.scrollIntoView({ block: "nearest" });
    }
  }
}

/** Where the tab key lands: on the newest of each kind. */
function keepTabStop(box: HTMLElement | null): void {
  for (const kind of STOPS) {
    const stops = box?.querySelectorAll<HTMLElement>(kind) ?? [];
    stops.forEach((stop, at) => (stop.tabIndex = at === stops.length - 1 ? 0 : -1));
  }
}

function Days({ props, entries, unread }: DaysProps) {
  const { t, locale, nowMs } = props;
  const box = useRef<HTMLDivElement>(null);
  const whose = (author: string) => personOf(props.members, author);
  useLayoutEffect(() => keepTabStop(box.current));
  return (
    <div class="entries" ref={box} onKeyDown={walk}>
      {groupByDay(entries, unread, whose).map((day) => (
        <section key={day.key}>
          <h2 class="day" title={fullTime(locale, day.timeMs)}>
            {dayName(t, locale, day.timeMs, nowMs)}
          </h2>
          {day.groups.map((group) => (
            <Fragment key={group.key}>
              {group.isUnread && (
                <p class="unread-line" data-unread-line data-testid="unread-line">
                  <span>{t("newMessages")}</span>
                </p>
              )}
              <GroupView props={props} group={group} />
            </Fragment>
          ))}
        </section>
      ))}
    </div>
  );
}

type DaysProps = {
  readonly props: TimelineProps;
  readonly entries: readonly Entry[];
  readonly unread: string;
};

/** Drawn anew where they have changed: not while somebody types, here or on the other side. */
function useDays(props: TimelineProps, entries: readonly Entry[], unread: string) {
  const { t, locale, side, shopName, nowMs, members, conversation, notes, drawer } = props;
  const { log, items, names, deliveredSeq, readSeq } = conversation;
  const messages = [log, items, names, deliveredSeq, readSeq];
  const others = [notes?.log, notes?.items, notes?.names, conversation.more, conversation.newer];
  return useMemo(
    () => <Days props={props} entries={entries} unread={unread} />,
    [t, locale, side, shopName, nowMs, members, unread, drawer, ...messages, ...others],
  );
}

/** Changes with what amends the messages, and so with their heights. */
function amendShape({ items }: Conversation): string {
  const amends = items.filter(({ kind }) => isAmendment(kind));
  return amends.length ? `${amends.length} ${amends.filter(({ seq }) => seq).length}` : "";
}

/** Messages of the window, and the notes of that time. */
function entriesOf({ side, conversation, notes }: TimelineProps): Entry[] {
  const shown = conversation.items.filter((item) => isShown(item, side));
  const from = conversation.more ? (shown[0]?.timeMs ?? 0) : 0;
  const to = conversation.newer ? (shown.at(-1)?.timeMs ?? 0) : Infinity;
  const in_time = ({ timeMs }: Item) => timeMs >= from && timeMs <= to;
  const shown_notes = (notes?.items ?? []).filter((item) => isShown(item, side) && in_time(item));
  return merge(shown, shown_notes);
}

/** Goes to the message once it is there. */
function useJump({ jump, conversation, notes }: TimelineProps, show: (key: string) => void): void {
  const pending = useRef<Jump | undefined>(undefined);
  useLayoutEffect(() => {
    pending.current = jump;
  }, [jump]);
  useLayoutEffect(() => {
    const { log, target } = pending.current ?? {};
    const inside = log === conversation.log ? conversation : log === notes?.log ? notes : undefined;
    // Before reading begins, and while the rest is still coming in, its place would not last.
    const items = inside?.loaded && inside.inSync ? inside.items : [];
    const found = items.find(({ author, counter, seq, kind }) =>
      target?.counter
        ? author === target.author && counter === target.counter
        : seq > 0 && seq === target?.seq && !isAmendment(kind),
    );
    if (found) {
      pending.current = undefined;
      show(found.key);
    }
  }, [jump, conversation, notes]);
}

/** What its author wants to see at the end; an answer leaves him at its question. */
function writtenIn(last: Item | undefined): string {
  return last?.mine && !last.seq && (!last.target || last.quote) ? last.key : "";
}

export function Timeline(props: TimelineProps) {
  const { t, conversation, notes, seen = true, tools } = props;
  const entries = entriesOf(props);
  const mark = useMark(conversation, seen);
  const unread = firstUnread(entries, mark);
  const days = useDays(props, entries, unread);
  const last = entries.at(-1)?.item;
  const typing = conversation.typing.length ? "typing" : "";
  const more = conversation.more || (notes?.more ?? false);
  const scroll = useCalmScroll({
    shape:
      `${entries[0]?.item.key} ${last?.key ?? ""} ${last?.seq ?? 0} ${entries.length} ${typing} ` +
      `${unread} ${amendShape(conversation)} ${notes ? amendShape(notes) : ""} ` +
      `${props.drawer?.stage}`,
    more,
    newer: conversation.newer,
    lastSeq: lastSeq(conversation),
    written: writtenIn(last),
    opened: mark ? `${conversation.log} ${mark.timeMs}` : "",
    loadEarlier: () => props.onLoadEarlier(),
    loadLater: () => props.onLoadLater?.(),
    loadLatest: () => props.onLoadLatest?.(),
  });
  useJump(props, scroll.show);
  useEffect(() => props.onAway?.(scroll.away), [scroll.away, conversation.log]);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => (place.current ? tools?.(place.current) : undefined), [tools]);
  const news = newsOf(props, entries);
  const missed = news.filter(({ seq }) => seq > scroll.seen).length;
  return (
    <div class="timeline-box">
      <div
        class="timeline"
        ref={scroll.box}
        role="region"
        aria-label={t("conversation")}
        aria-busy={!conversation.loaded}
        tabIndex={0}
        onScroll={scroll.scrolled}
      >
        <LockLine lock={props.lock} lockMore={props.lockMore} />
        {more && (
          <button type="button" class="plain earlier" onClick={() => props.onLoadEarlier()}>
            {t("loadEarlier")}
          </button>
        )}
        {!more && conversation.loaded && entries.length > WORTH_A_BEGINNING && (
          <p class="system" data-testid="beginning">
            {t("beginning")}
          </p>
        )}
        {entries.length === 0 && props.empty && <div class="empty">{props.empty}</div>}
        {days}
        <TypingLine props={props} />
      </div>
      <div class="tools" ref={place} />
      <Announcer
        t={t}
        on={seen && conversation.loaded && !conversation.newer}
        news={[...news, ...editsOf(props)]}
      />
      {scroll.away && (
        <button
          type="button"
          class="to-latest"
          aria-label={missed ? t("jumpToNew", { n: missed }) : t("jumpToLatest")}
          data-testid="to-latest"
          data-count={missed}
          onClick={scroll.toEnd}
        >
          <Icon name="down" />
          {missed > 0 && <span>{t("jumpToNew", { n: missed })}</span>}
        </button>
      )}
    </div>
  );
}
