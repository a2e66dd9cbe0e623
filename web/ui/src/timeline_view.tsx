import type { ComponentChildren } from "preact";
import { useCalmScroll } from "./calm_scroll.ts";
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { errorSentence } from "../i18n/errors.ts";
import type { Locale, SentenceKey, Translate } from "../i18n/index.ts";
import { AuthorClass, type Conversation, type Item } from "./conversation.ts";
import { Icon, type IconName } from "./icons.tsx";
import { clockTime, dayName, fullTime } from "./time.ts";
import { groupByDay, merge, nameOf, stateOf, type Group, type State } from "./timeline.ts";

/** Beyond this a message that the shop's desk has not stored is said to be unconfirmed. */
const UNCONFIRMED_MS = 30_000;

export type TimelineProps = {
  readonly t: Translate;
  readonly locale: Locale;
  readonly conversation: Conversation;
  readonly notes?: Conversation | undefined;
  /** Name of the shop, where the desk speaks. */
  readonly shopName: string;
  /** The customer's own widget, or the shop's console. */
  readonly side: "customer" | "shop";
  readonly nowMs: number;
  readonly empty: ComponentChildren;
  readonly lock: string;
  readonly lockMore: string;
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

const stateIcon: Record<State, IconName> = {
  sending: "clock",
  sent: "tick",
  delivered: "ticks",
  read: "ticks",
  refused: "warning",
};
const stateWord: Record<State, SentenceKey> = {
  sending: "stateSending",
  sent: "stateSent",
  delivered: "stateDelivered",
  read: "stateRead",
  refused: "stateRefused",
};

function bodyOf({ t }: TimelineProps, item: Item): string {
  if (item.problem) {
    return errorSentence(t, item.problem);
  }
  return item.text || (item.kind === ContentKind.TEXT ? "" : t("unknownKind"));
}

function StateLine({ props, item }: { props: TimelineProps; item: Item }) {
  const { t, side, nowMs, conversation } = props;
  const state = stateOf(item, conversation);
  const late = state === "sent" && side === "customer" && nowMs - item.timeMs > UNCONFIRMED_MS;
  return (
    <p class={`state state-${state}`} data-testid="state" data-state={state}>
      <Icon name={stateIcon[state]} />
      {t(late ? "stateSentUnconfirmed" : stateWord[state])}
      {item.refused !== 0 && <span>{errorSentence(t, item.refused)}</span>}
    </p>
  );
}

const NO_RECEIPTS = { deliveredSeq: 0, readSeq: 0 };

function Bubble({ props, group, item }: { props: TimelineProps; group: Group; item: Item }) {
  const state = item.mine ? stateOf(item, group.isNote ? NO_RECEIPTS : props.conversation) : "";
  return (
    <div
      class="bubble"
      dir="auto"
      data-testid={group.isNote ? "note" : "message"}
      data-state={state}
      data-author-class={item.authorClass}
      data-seq={item.seq}
      data-key={item.key}
      title={fullTime(props.locale, item.timeMs)}
    >
      {bodyOf(props, item)}
    </div>
  );
}

function GroupView({ props, group }: { props: TimelineProps; group: Group }) {
  const { t, locale, side, shopName, conversation, notes } = props;
  const first = group.items[0] as Item;
  const last = group.items.at(-1) as Item;
  if (first.kind === ContentKind.PAGE_VIEW && !first.problem) {
    return <p class="system">{t("looksAt", { page: first.text })}</p>;
  }
  const stranger = group.authorClass === AuthorClass.stranger;
  const words = {
    shop: shopName || t("shop"),
    agent: t("agent"),
    customer: side === "shop" ? t("visitor") : t("customer"),
    stranger: t("stranger"),
  };
  const name = nameOf(first, (group.isNote ? notes : conversation)?.names ?? {}, words);
  const speaker = group.isNote ? "note" : group.mine ? "mine" : stranger ? "stranger" : "other";
  const own_side =
    side === "shop" && !group.isNote && !group.mine && group.authorClass !== AuthorClass.customer;
  return (
    <div class={`group ${speaker}${own_side && !stranger ? " team" : ""}`}>
      {stranger && (
        <p class="stranger-warning" role="alert" data-testid="warning">
          <Icon name="warning" />
          {t("strangerWarning")}
        </p>
      )}
      <p class="who">
        {group.isNote && <Icon name="lock" />}
        <span class={group.mine && !group.isNote ? "hidden-words" : ""}>
          {group.mine ? t("you") : name}
        </span>{" "}
        <time
          dateTime={new Date(first.timeMs).toISOString()}
          title={fullTime(locale, first.timeMs)}
        >
          {clockTime(locale, first.timeMs)}
        </time>
        {group.isNote && <span class="only-team"> {t("onlyTeam")}</span>}
      </p>
      {group.items.map((item) => (
        <Bubble key={item.key} props={props} group={group} item={item} />
      ))}
      {group.mine && !group.isNote && <StateLine props={props} item={last} />}
    </div>
  );
}

function TypingLine({ props }: { props: TimelineProps }) {
  const { t, conversation, shopName } = props;
  const [author] = conversation.typing;
  if (author === undefined) {
    return null;
  }
  const wrote = conversation.items.filter((item) => item.author === author).at(-1);
  const shop = wrote?.authorClass === AuthorClass.desk ? shopName : "";
  const name = wrote?.authorName || conversation.names[author] || shop;
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

export function Timeline(props: TimelineProps) {
  const { t, locale, side, conversation, notes, nowMs } = props;
  const shown = conversation.items.filter((item) => isShown(item, side));
  const shown_notes = (notes?.items ?? []).filter((item) => isShown(item, side));
  const entries = merge(shown, shown_notes);
  const last = entries.at(-1);
  const typing = conversation.typing.length ? "typing" : "";
  const shape = `${last?.item.key ?? ""} ${last?.item.seq ?? 0} ${entries.length} ${typing}`;
  const more = conversation.more || (notes?.more ?? false);
  const { box, scrolled } = useCalmScroll(shape, more, () => props.onLoadEarlier());
  return (
    <div
      class="timeline"
      ref={box}
      role="region"
      aria-label={t("conversation")}
      tabIndex={0}
      onScroll={scrolled}
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
      {entries.length === 0 && <div class="empty">{props.empty}</div>}
      <div
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-busy={!conversation.loaded}
        class="entries"
      >
        {groupByDay(entries).map((day) => (
          <section key={day.key}>
            <h2 class="day" title={fullTime(locale, day.timeMs)}>
              {dayName(t, locale, day.timeMs, nowMs)}
            </h2>
            {day.groups.map((group) => (
              <GroupView key={group.key} props={props} group={group} />
            ))}
          </section>
        ))}
      </div>
      <TypingLine props={props} />
    </div>
  );
}
