// One speaker's messages: who and when once above, what became of them once below.
import { Fragment } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { errorSentence, refusalSentence } from "../i18n/errors.ts";
import type { Locale, SentenceKey, Translate } from "../i18n/index.ts";
import { AMEND_MS_MAX, amendedIn, idOf, type Amended, type Reaction } from "./amend.ts";
import { Avatar } from "./avatar.tsx";
import type { DrawInto, Drawer, Inside } from "./cards/host.ts";
import { AuthorClass, type Conversation, type Item } from "./conversation.ts";
import type { Files } from "./files.ts";
import { Icon, type IconName } from "./icons.tsx";
import { isEmojiOnly } from "./links.ts";
import { dataUrl, shapeOf } from "./media/shape.ts";
import { MediaView } from "./media_view.tsx";
import type { Members } from "./members.ts";
import { RichText } from "./text.tsx";
import { clockTime, fullTime } from "./time.ts";
import { nameOf, stateOf, type Group, type State } from "./timeline.ts";

/** Beyond this a message that the shop's desk has not stored is said to be unconfirmed. */
const UNCONFIRMED_MS = 30_000;
const AVATAR_PX = 28;

export type MessageProps = {
  readonly t: Translate;
  readonly locale: Locale;
  readonly conversation: Conversation;
  readonly notes?: Conversation | undefined;
  /** Names and pictures beyond those that stand in the messages. */
  readonly members?: Members | undefined;
  /** Name of the shop, where the desk speaks. */
  readonly shopName: string;
  /** The customer's own widget, or the shop's console. */
  readonly side: "customer" | "shop";
  readonly nowMs: number;
  /** Draws what is more than a few words; comes after the first open. */
  readonly drawer?: Drawer | undefined;
  /** What shows files. */
  readonly files?: Files | undefined;
  /** Where given, a message of that log that was refused for good can be sent once more. */
  onSendAgain?(item: Item, log: string): void;
  onDiscard?(item: Item, log: string): void;
  /** Puts a sign to a message of that log, or takes the own one back. */
  onReact?(item: Item, log: string, emoji: string, off: boolean): void;
  /** Goes to the message that another one answers. */
  onJump?(item: Item, log: string): void;
};

const stateIcon: Record<State, IconName> = {
  sending: "clock",
  sent: "tick",
  delivered: "ticks",
  read: "read",
  refused: "warning",
};
const stateWord: Record<State, SentenceKey> = {
  sending: "stateSending",
  sent: "stateSent",
  delivered: "stateDelivered",
  read: "stateRead",
  refused: "stateRefused",
};

/** What is said of a message: its words, or why there are none. */
export function wordsOf(t: Translate, item: Item): string {
  if (item.problem) {
    return errorSentence(t, item.problem);
  }
  return item.text || (item.kind === ContentKind.TEXT ? "" : t("unknownKind"));
}

export function speakerOf(props: MessageProps, item: Item, isNote: boolean): string {
  const { t, side, shopName, conversation, notes, members } = props;
  const words = {
    shop: shopName || t("shop"),
    agent: t("agent"),
    customer: side === "shop" ? t("visitor") : t("customer"),
    stranger: t("stranger"),
  };
  const { names } = (isNote ? notes : conversation) ?? { names: {} };
  const known = members?.get(item.author)?.name;
  return nameOf(item, known ? { ...names, [item.author]: known } : names, words);
}

type RefusedProps = { props: MessageProps; item: Item; log: string };

function Refused({ props, item, log }: RefusedProps) {
  const { t, onSendAgain, onDiscard } = props;
  return (
    <div class="state state-refused" data-testid="state" data-state="refused">
      <p role="alert">
        <Icon name="warning" />
        {t("stateRefused")}
        <span>{refusalSentence(t, item.refused)}</span>
      </p>
      {onSendAgain && (
        <button type="button" data-testid="send-again" onClick={() => onSendAgain(item, log)}>
          <Icon name="again" />
          {t("sendAgain")}
        </button>
      )}
      {onDiscard && (
        <button type="button" data-testid="discard" onClick={() => onDiscard(item, log)}>
          {t("discard")}
        </button>
      )}
    </div>
  );
}

function StateLine({ props, item }: { props: MessageProps; item: Item }) {
  const { t, side, nowMs, conversation } = props;
  const state = stateOf(item, conversation);
  const late = state === "sent" && side === "customer" && nowMs - item.timeMs > UNCONFIRMED_MS;
  return (
    <p class={`state state-${state}`} data-testid="state" data-state={state}>
      <Icon name={stateIcon[state]} />
      {t(late ? "stateSentUnconfirmed" : stateWord[state])}
    </p>
  );
}

/** A sign with its count; who put it there stands in the title. */
function Sign({ props, sign, item, log }: SignProps) {
  const { onReact, members } = props;
  const { emoji, authors, mine } = sign;
  const names = authors.flatMap((author) => members?.get(author)?.name ?? []);
  return (
    <button
      type="button"
      class="sign"
      aria-pressed={mine}
      aria-label={`${emoji} ${authors.length}`}
      title={names.join(", ")}
      data-testid="reaction"
      data-emoji={emoji}
      onClick={() => onReact?.(item, log, emoji, mine)}
    >
      <span aria-hidden="true">{emoji}</span>
      {authors.length > 1 && <span aria-hidden="true">{authors.length}</span>}
    </button>
  );
}

type SignProps = { props: MessageProps; sign: Reaction; item: Item; log: string };

/** How the message began that this one answers; by a press one comes there. */
function Quote({ props, item, inside }: { props: MessageProps; item: Item; inside: Inside }) {
  const { t, members, onJump } = props;
  const { author = "", counter = 0 } = item.target ?? {};
  const id = idOf(author, counter);
  const found = inside.items.find((other) => idOf(other.author, other.counter) === id);
  const now = found && amendedIn(inside.items).get(found.key);
  const name = found ? speakerOf(props, found, inside.isNote) : (members?.get(author)?.name ?? "");
  const words = now?.recall ? t("recalled") : (now?.text ?? found?.text ?? item.quote ?? "");
  const preview = found && !now?.recall ? shapeOf(found)?.preview : undefined;
  return (
    <button
      type="button"
      class="quote"
      data-testid="quote"
      onClick={() => onJump?.(item, inside.log)}
    >
      {preview && preview.length > 0 && <img src={dataUrl(preview)} alt="" />}
      {name && <bdi>{found?.mine ? t("you") : name}</bdi>}
      <span dir="auto">{words}</span>
    </button>
  );
}


/** What became of an own edit or recall that does not count yet, or never will. */
function Waiting({ props, item, log }: RefusedProps) {
  const { t } = props;
  if (item.refused) {
    return <Refused props={props} item={item} log={log} />;
  }
  return (
    <p class={`state state-${item.seq ? "refused" : "sending"}`} data-testid="amending">
      <Icon name={item.seq ? "warning" : "clock"} />
      {t(item.seq ? "amendLate" : "stateSending")}
    </p>
  );
}

const NO_RECEIPTS = { deliveredSeq: 0, readSeq: 0 };

type WordsProps = BubbleProps & {
  readonly amended: Amended | undefined;
  readonly drawn: DrawInto | undefined;
};

type BubbleProps = { props: MessageProps; group: Group; item: Item; inside: Inside };

/** What it says, or that it says nothing any more: then who took it back, and when. */
function Words({ props, group, item, inside, amended, drawn }: WordsProps) {
  const { t, locale } = props;
  const recall = amended?.recall;
  const shape = shapeOf(item);
  // Asked for anew by the pages that come soon after, as who was offline then is heard by nobody.
  const counts = recall?.seq && shape && props.nowMs - recall.timeMs < AMEND_MS_MAX;
  useEffect(() => {
    if (counts) {
      props.files?.recalled(item);
    }
  }, [counts, props.files]);
  if (recall) {
    const name = speakerOf(props, item, group.isNote);
    const said = item.mine ? t("recalledByYou") : t("recalledBy", { name });
    return (
      <div class="words" title={fullTime(locale, recall.timeMs)}>
        {said} <span class="when">{clockTime(locale, recall.timeMs)}</span>
      </div>
    );
  }
  if (shape) {
    return <MediaView item={item} shape={shape} files={props.files} />;
  }
  const words = amended?.text ?? wordsOf(t, item);
  const edit = amended?.edits.at(-1);
  const { nowMs } = props;
  const draw = (place: HTMLElement | null) => {
    if (place) {
      drawn?.(place, { item, words, inside, nowMs });
    }
  };
  return (
    <>
      {drawn ? (
        <div class="words" ref={draw} />
      ) : (
        <div class="words" dir="auto">
          {item.problem ? words : <RichText text={words} />}
        </div>
      )}
      {edit && (
        <span class="when" title={fullTime(locale, edit.timeMs)} data-testid="edited">
          {t("edited")}
        </span>
      )}
    </>
  );
}

/** Drawn anew only when something of this one message has changed: there may be hundreds. */
function Bubble({ props, group, item, inside }: BubbleProps) {
  const { t, conversation, locale } = props;
  const amended = amendedIn(inside.items).get(item.key);
  const state = item.mine ? stateOf(item, group.isNote ? NO_RECEIPTS : conversation) : "";
  const words = amended?.text ?? wordsOf(t, item);
  const plain = !item.problem && !item.target && !amended;
  const recalled = amended?.recall ? " recalled" : "";
  const drawn = props.drawer?.of(item, words);
  const around = (item.target || drawn) && inside.items;
  const draw = () => (
    <div
      class={`bubble${plain && isEmojiOnly(words) ? " emoji-only" : ""}${recalled}`}
      tabIndex={-1}
      data-testid={group.isNote ? "note" : "message"}
      data-state={state}
      data-author-class={item.authorClass}
      data-seq={item.seq}
      data-key={item.key}
      title={recalled ? undefined : fullTime(locale, item.timeMs)}
    >
      {item.target && !recalled && <Quote props={props} item={item} inside={inside} />}
      <Words {...{ props, group, item, inside, amended, drawn }} />
      {amended && amended.reactions.length > 0 && (
        <div class="signs">
          {amended.reactions.map((sign) => (
            <Sign key={sign.emoji} props={props} sign={sign} item={item} log={inside.log} />
          ))}
        </div>
      )}
    </div>
  );
  const shown = [item, group.isNote, state, amended, around, drawn, drawn && props.nowMs];
  return useMemo(draw, [t, locale, props.members, ...shown]);
}

/** The clock; with the pointer or the focus on it, the whole date. One of them is a tab stop. */
function Time({ locale, timeMs }: { locale: Locale; timeMs: number }) {
  const full = fullTime(locale, timeMs);
  return (
    <button type="button" class="time" tabIndex={-1} aria-label={full} data-time={timeMs}>
      <time class="clock" dateTime={new Date(timeMs).toISOString()}>
        {clockTime(locale, timeMs)}
      </time>
      <span class="full">{full}</span>
    </button>
  );
}

function Face({ props, group, name }: { props: MessageProps; group: Group; name: string }) {
  if (group.authorClass === AuthorClass.desk) {
    return (
      <span class="avatar shop-face" aria-hidden="true">
        <Icon name="bell" />
      </span>
    );
  }
  const picture = props.members?.get(group.author)?.picture;
  const tint = group.authorClass === AuthorClass.customer ? group.author : name;
  return <Avatar name={name} tint={tint} picture={picture} size={AVATAR_PX} />;
}

function Head({ props, group, name }: { props: MessageProps; group: Group; name: string }) {
  const { t, locale, side } = props;
  const first = group.items[0] as Item;
  const confirmed =
    side === "customer" && !group.mine && group.authorClass !== AuthorClass.stranger;
  return (
    <p class="who">
      {group.isNote && <Icon name="lock" />}
      <bdi class={group.mine && !group.isNote ? "hidden-words" : ""}>
        {group.mine ? t("you") : name}
      </bdi>
      {confirmed && (
        <span class="confirmed" title={t("confirmed")}>
          <Icon name="seal" />
          <span class="hidden-words">{t("confirmed")}</span>
        </span>
      )}{" "}
      <Time locale={locale} timeMs={first.timeMs} />
      {group.isNote && <span class="only-team"> {t("onlyTeam")}</span>}
    </p>
  );
}

function kindOf(group: Group, side: "customer" | "shop"): string {
  if (group.isNote) {
    return "note";
  }
  if (group.mine) {
    return "mine";
  }
  if (group.authorClass === AuthorClass.stranger) {
    return "stranger";
  }
  const of_team = side === "shop" && group.authorClass !== AuthorClass.customer;
  return of_team ? "other team" : "other";
}

export function GroupView({ props, group }: { props: MessageProps; group: Group }) {
  const { t, side } = props;
  const first = group.items[0] as Item;
  const last = group.items.at(-1) as Item;
  if (first.kind === ContentKind.PAGE_VIEW && !first.problem) {
    return <p class="system">{t("looksAt", { page: first.text })}</p>;
  }
  const kind = kindOf(group, side);
  const name = speakerOf(props, first, group.isNote);
  const { log, items } = (group.isNote && props.notes) || props.conversation;
  const inside = { log, items, isNote: group.isNote };
  const waiting = ({ key }: Item) => amendedIn(items).get(key)?.waiting;
  return (
    <div class={`group ${kind}`}>
      {kind === "stranger" && (
        <p class="stranger-warning" role="alert" data-testid="warning">
          <Icon name="warning" />
          {t("strangerWarning")}
        </p>
      )}
      <Head props={props} group={group} name={name} />
      <div class="bubbles">
        {group.items.map((item) => (
          <Fragment key={item.key}>
            <Bubble props={props} group={group} item={item} inside={inside} />
            {item.refused !== 0 && <Refused props={props} item={item} log={log} />}
            {waiting(item) && <Waiting props={props} item={waiting(item) as Item} log={log} />}
          </Fragment>
        ))}
      </div>
      {kind === "other" && <Face props={props} group={group} name={name} />}
      {kind === "mine" && !last.refused && <StateLine props={props} item={last} />}
    </div>
  );
}
