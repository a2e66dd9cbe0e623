// A conversation from its oldest loaded message to whoever types right now.
import { Fragment, type ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { Announcer, type News } from "./announcer.tsx";
import { useCalmScroll } from "./calm_scroll.ts";
import { AuthorClass, lastSeq, type Conversation, type Item } from "./conversation.ts";
import { Icon } from "./icons.tsx";
import { GroupView, speakerOf, wordsOf, type MessageProps } from "./message_view.tsx";
import { dayName, fullTime } from "./time.ts";
import { firstUnread, groupByDay, merge, type Entry, type Mark } from "./timeline.ts";

export type TimelineProps = MessageProps & {
  readonly empty: ComponentChildren;
  readonly lock: string;
  readonly lockMore: string;
  /** Somebody has it before him; while not, what comes is unread. Default: yes. */
  readonly seen?: boolean;
  onLoadEarlier(): void;
};

const HIDDEN: ReadonlySet<number> = new Set([
  ContentKind.ABOUT,
  ContentKind.SHOP_CERTIFICATE,
  ContentKind.SHOP_HANDOVER,
  ContentKind.SHOP_INVITATION_USED,
]);

function isShown(item: Item, side: "customer" | "shop"): boolean {
  const for_shop_only = item.kind === ContentKind.PAGE_VIEW && side === "customer";
  return item.problem !== 0 || !(HIDDEN.has(item.kind) || for_shop_only);
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

function newsOf(props: TimelineProps, entries: readonly Entry[]): News[] {
  return entries
    .filter(({ item, isNote }) => !isNote && !item.mine && item.seq > 0)
    .filter(({ item }) => item.kind !== ContentKind.PAGE_VIEW)
    .map(({ item }) => {
      const words = () => `${speakerOf(props, item, false)}: ${wordsOf(props.t, item)}`;
      return { key: item.key, seq: item.seq, words };
    });
}

/** One time of the conversation is a tab stop; from it the arrow keys go to the others. */
function walkTimes(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const times = [...event.currentTarget.querySelectorAll<HTMLElement>("button.time")];
  const at = times.findIndex((time) => time === event.target);
  if (step === undefined || at < 0) {
    return;
  }
  event.preventDefault();
  const next = times[Math.min(times.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Where the tab key lands: on the newest time. */
function keepTabStop(box: HTMLElement | null): void {
  const times = box?.querySelectorAll<HTMLElement>("button.time") ?? [];
  times.forEach((time, at) => (time.tabIndex = at === times.length - 1 ? 0 : -1));
}

function Days({ props, entries, unread }: DaysProps) {
  const { t, locale, nowMs } = props;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => keepTabStop(box.current));
  return (
    <div class="entries" ref={box} onKeyDown={walkTimes}>
      {groupByDay(entries, unread).map((day) => (
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
  const { t, locale, side, shopName, nowMs, members, conversation, notes } = props;
  const { log, items, names, deliveredSeq, readSeq } = conversation;
  const messages = [log, items, names, deliveredSeq, readSeq];
  const others = [notes?.log, notes?.items, notes?.names];
  return useMemo(
    () => <Days props={props} entries={entries} unread={unread} />,
    [t, locale, side, shopName, nowMs, members, unread, ...messages, ...others],
  );
}

export function Timeline(props: TimelineProps) {
  const { t, side, conversation, notes, seen = true } = props;
  const shown = conversation.items.filter((item) => isShown(item, side));
  const shown_notes = (notes?.items ?? []).filter((item) => isShown(item, side));
  const entries = merge(shown, shown_notes);
  const mark = useMark(conversation, seen);
  const unread = firstUnread(entries, mark);
  const days = useDays(props, entries, unread);
  const last = entries.at(-1)?.item;
  const typing = conversation.typing.length ? "typing" : "";
  const more = conversation.more || (notes?.more ?? false);
  const scroll = useCalmScroll({
    shape: `${last?.key ?? ""} ${last?.seq ?? 0} ${entries.length} ${typing} ${unread}`,
    more,
    lastSeq: lastSeq(conversation),
    written: last?.mine && !last.seq ? last.key : "",
    opened: mark ? `${conversation.log} ${mark.timeMs}` : "",
    loadEarlier: () => props.onLoadEarlier(),
  });
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
        <details class="lock-line">
          <summary>
            <Icon name="lock" />
            {props.lock}
          </summary>
          <p>{props.lockMore}</p>
        </details>
        {more && (
          <button type="button" class="plain earlier" onClick={() => props.onLoadEarlier()}>
            {t("loadEarlier")}
          </button>
        )}
        {entries.length === 0 && props.empty && <div class="empty">{props.empty}</div>}
        {days}
        <TypingLine props={props} />
      </div>
      <Announcer t={t} on={seen && conversation.loaded} news={news} />
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
