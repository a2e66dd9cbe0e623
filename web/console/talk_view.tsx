import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { fromHex, toHex } from "../engine/src/text.ts";
import { AboutBar } from "../ui/src/about_bar.tsx";
import { Composer } from "../ui/src/composer.tsx";
import { emptyConversation, type Item } from "../ui/src/conversation.ts";
import { FilesPlace } from "../ui/src/files_place.tsx";
import { Icon } from "../ui/src/icons.tsx";
import { Problems } from "../ui/src/notices.tsx";
import { openPicker } from "../ui/src/tools/picker.tsx";
import { Timeline } from "../ui/src/timeline_view.tsx";
import type { ConsoleApp } from "./app.ts";
import { Sign } from "./icons.tsx";
import { Unread } from "./inbox_view.tsx";
import type { Row } from "./inbox.ts";
import { PreviewBar } from "./preview_bar.tsx";

function OpenTalk({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t } = app;
  const name = app.nameOf(row);
  const is_shown = app.talks.shown.value === row.key;
  return (
    <li class={`open-talk${is_shown ? " shown" : ""}`}>
      <button
        type="button"
        class="open-talk-name"
        aria-current={is_shown}
        data-testid="open-talk"
        onClick={() => app.open(row)}
      >
        <span>
          <bdi>{name}</bdi>
        </span>
        {!is_shown && app.writing.anyOf(row) && <Sign name="pencil" />}
        <Unread app={app} count={is_shown ? 0 : app.unreadOf(row)} />
      </button>
      <button
        type="button"
        class="open-talk-close"
        aria-label={t("closeTalk", { name })}
        title={t("closeTalk", { name })}
        data-testid="close-talk"
        onClick={() => app.close(row.key)}
      >
        <Icon name="cross" />
      </button>
    </li>
  );
}

/** One conversation alone needs no row of its own. */
export function OpenTalks({ app }: { app: ConsoleApp }) {
  const rows = app.talks.open.value.flatMap((key) => app.talks.rowOf(key) ?? []);
  if (rows.length < 2) {
    return null;
  }
  return (
    <nav class="open-talks" aria-label={app.t("openTalks")} data-testid="open-talks">
      <ul>
        {rows.map((row) => (
          <OpenTalk key={row.key} app={app} row={row} />
        ))}
      </ul>
    </nav>
  );
}

function ModeSwitch({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t } = app;
  const mode = app.mode.value;
  return (
    <div class="modes">
      <button
        type="button"
        class="plain"
        aria-pressed={mode === "reply"}
        data-testid="reply-toggle"
        onClick={() => app.setMode("reply")}
      >
        {t("replyTo", { name: app.nameOf(row) })}
      </button>
      <button
        type="button"
        class="plain"
        aria-pressed={mode === "note"}
        data-testid="note-toggle"
        onClick={() => app.setMode("note")}
      >
        <Icon name="lock" />
        {t("noteMode")}
      </button>
      {mode === "note" && <span class="only-team">{t("onlyTeam")}</span>}
      {mode === "reply" && app.canSend.value && (
        <button
          type="button"
          class="plain open-cards"
          title={`${t("keyCard")} (/)`}
          data-testid="open-cards"
          onClick={() => app.openCards()}
        >
          <Sign name="card" />
          {t("card")}
        </button>
      )}
    </div>
  );
}

function TalkHead({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t } = app;
  const customer = t(app.customerShown.value ? "hideCustomer" : "showCustomer");
  const toggle = useRef<HTMLButtonElement>(null);
  const folded = app.folded.value;
  const before = useRef(folded);
  useLayoutEffect(() => {
    if (before.current !== folded) {
      before.current = folded;
      toggle.current?.focus();
    }
  }, [folded]);
  return (
    <header class="talk-head">
      <button
        type="button"
        class="icon-button back"
        aria-label={t("backToInbox")}
        title={t("backToInbox")}
        onClick={() => app.back()}
      >
        <Icon name="back" />
      </button>
      <div class="talk-title">
        <h2>
          <bdi>{app.nameOf(row)}</bdi>
        </h2>
        {row.pageTitle && (
          <p>
            <bdi>{row.pageTitle}</bdi>
          </p>
        )}
      </div>
      {app.files.can.value && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("gallery")}
          title={t("gallery")}
          aria-haspopup="dialog"
          data-testid="gallery-open"
          onClick={() => app.files.gallery()}
        >
          <Sign name="grid" />
        </button>
      )}
      <button
        ref={toggle}
        type="button"
        class="icon-button"
        aria-label={customer}
        title={customer}
        aria-expanded={app.customerShown.value}
        data-testid="customer-toggle"
        onClick={() => app.toggleCustomer()}
      >
        <Sign name="person" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={t("closeThis")}
        title={t("closeThis")}
        data-testid="close-this"
        onClick={() => app.close()}
      >
        <Icon name="cross" />
      </button>
    </header>
  );
}

const picker = () => Promise.resolve(openPicker);
const NONE = emptyConversation("");
const NO_LOG = new Uint8Array();

function nameIn(app: ConsoleApp, row: Row, { mine, author, authorName }: Item): string {
  const known = authorName || app.membersOf(row).get(author)?.name;
  return mine ? app.t("you") : known || app.session.shop.value?.name || app.t("shop");
}

function Writing({ app, row }: { app: ConsoleApp; row: Row }) {
  const { t } = app;
  const is_note = app.mode.value === "note";
  const note_waits = is_note && !row.teamLog;
  if (app.shop.isObserver.value) {
    return (
      <p class="reads-only" data-testid="reads-only">
        {t("readsOnly")}
      </p>
    );
  }
  const stopped = !app.canSend.value;
  const takes_files = !note_waits && !stopped && app.files.can.value;
  // Of a note they are the team's alone.
  const log = is_note ? toHex(row.teamLog ?? NO_LOG) : row.key;
  const about = app.speaking.about.value;
  const shown = (is_note ? app.notes.value : app.conversation.value) || undefined;
  const leave = () => {
    app.speaking.cancel();
    return about !== undefined;
  };
  const hint = note_waits
    ? t("noteWaits")
    : is_note
      ? t("noteHint")
      : t("replyToHint", { name: app.nameOf(row) });
  return (
    <Composer
      t={t}
      draft={app.draft}
      placeholder={stopped ? t("cannotSend") : hint}
      label={hint}
      sendLabel={t(is_note ? "addNote" : "send")}
      focus={app.focus.value}
      disabled={note_waits || stopped}
      testPrefix="console"
      onDraft={(text) => app.write(text)}
      onSend={(text) => app.send(text)}
      picker={picker}
      waits={takes_files ? (app.files.waits.value.get(log) ?? 0) : 0}
      onAttach={takes_files ? (button) => app.files.pick(log, button) : undefined}
      onFiles={takes_files ? (found) => app.files.add(log, found) : undefined}
      onVoice={takes_files ? (hold) => app.files.voice(log, hold) : undefined}
      onUp={() => shown !== undefined && app.speaking.editLast(shown)}
      onLeave={leave}
    >
      <ModeSwitch app={app} row={row} />
      {!is_note && !about && <PreviewBar app={app} />}
      {takes_files && <FilesPlace files={app.files} log={log} hint={t("attach")} />}
      {about && (
        <AboutBar
          t={t}
          speaking={app.speaking}
          conversation={shown ?? NONE}
          nameOf={(item) => nameIn(app, row, item)}
        />
      )}
    </Composer>
  );
}

export function Talk({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t, session } = app;
  const conversation = app.conversation.value;
  const is_note = app.mode.value === "note";
  const known = session.members.value.get(row.key);
  const members = useMemo(() => app.membersOf(row), [known, row.key, app.nameOf(row)]);
  return (
    <section class={`talk${is_note ? " writes-note" : ""}`} aria-label={app.nameOf(row)}>
      <OpenTalks app={app} />
      <TalkHead app={app} row={row} />
      <Problems t={t} session={session} log={row.key} />
      {conversation ? (
        <Timeline
          key={row.key}
          t={t}
          locale={app.locale.value}
          side="shop"
          conversation={conversation}
          notes={app.notes.value}
          shopName={session.shop.value?.name ?? ""}
          nowMs={now}
          empty=""
          lock={t("customerEncrypted")}
          lockMore={t("lockMore")}
          members={members}
          seen={app.visible.value}
          onSendAgain={(item, log) => session.sendAgain(log, item)}
          onDiscard={(item, log) => session.discard(log, item)}
          onReact={(item, log, emoji, off) => session.react(log, item, emoji, off)}
          onJump={({ target }, log) => target && app.goTo(row, fromHex(log), target)}
          jump={app.jump.value}
          tools={app.tools}
          drawer={app.drawer}
          files={app.files}
          onLoadEarlier={() => app.loadEarlier()}
          onLoadLater={() => app.loadLater()}
          onLoadLatest={() => app.loadLatest()}
          onAway={(away) => session.setAway(row.key, away)}
        />
      ) : (
        <div class="timeline" />
      )}
      <Writing app={app} row={row} />
    </section>
  );
}
