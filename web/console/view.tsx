import { useEffect, useRef, useState } from "preact/hooks";
import type { Translate } from "../ui/i18n/console/index.ts";
import { Composer } from "../ui/src/composer.tsx";
import { Icon } from "../ui/src/icons.tsx";
import { Elsewhere, Failed, Problems, StatusLine, StorageNotice } from "../ui/src/notices.tsx";
import { clockTime, fullTime, span } from "../ui/src/time.ts";
import { Timeline } from "../ui/src/timeline_view.tsx";
import type { ConsoleApp } from "./app.ts";
import type { Row } from "./inbox.ts";
import { useNow } from "../ui/src/use_now.ts";

// The desk takes 120 bytes; a Chinese character has three.
const NAME_MAX = 40;

function Join({ app }: { app: ConsoleApp }) {
  const { t, session } = app;
  const [name, set_name] = useState(app.name);
  const shop = session.shop.value?.name ?? "";
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    app.join(name);
  };
  return (
    <form class="whole join" onSubmit={submit}>
      <h2>{shop ? t("joinTitle", { shop }) : t("joinTitleUnnamed")}</h2>
      <label>
        {t("joinName")}
        <input
          ref={field}
          type="text"
          autocomplete="name"
          maxLength={NAME_MAX}
          value={name}
          data-testid="name"
          aria-describedby="name-hint"
          onInput={(event) => set_name(event.currentTarget.value)}
        />
      </label>
      <p id="name-hint">{t("joinNameHint")}</p>
      <button
        type="submit"
        class="primary"
        data-testid="join"
        disabled={!name.trim() || app.joining.value}
      >
        {t(app.joining.value ? "joining" : "join")}
      </button>
    </form>
  );
}

function InboxRowView({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t, locale, session } = app;
  const unread = session.logs.value.get(row.key)?.unread ?? 0;
  const waits = row.waitingSinceMs > 0;
  const is_open = app.opened.value === row.key;
  const is_selected = app.selected.value === row.key;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (is_selected) {
      button.current?.scrollIntoView({ block: "nearest" });
    }
  }, [is_selected]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        class={`row${waits || unread ? " needs" : ""}${is_selected ? " selected" : ""}`}
        aria-current={is_open}
        data-testid="inbox-row"
        data-log={row.key}
        onClick={() => app.open(row)}
      >
        <span class="row-head">
          <span class="row-name">
            {row.pageTitle ? t("visitorOn", { page: row.pageTitle }) : t("visitor")}
          </span>
          <time dateTime={new Date(row.timeMs).toISOString()} title={fullTime(locale, row.timeMs)}>
            {row.timeMs ? clockTime(locale, row.timeMs) : ""}
          </time>
        </span>
        <span class="row-foot">
          <span class="row-preview" dir="auto">
            {row.preview}
          </span>
          {unread > 0 && (
            <span class="badge" data-testid="unread" aria-label={t("unread", { n: unread })}>
              {unread > 99 ? "99+" : unread}
            </span>
          )}
        </span>
        {waits && (
          <span class="row-waits">
            <Icon name="clock" />
            {t("waiting", { time: span(t, now - row.waitingSinceMs) })}
          </span>
        )}
      </button>
    </li>
  );
}

function Inbox({ app, now }: { app: ConsoleApp; now: number }) {
  const { t } = app;
  const rows = app.ordered.value;
  return (
    <nav class="inbox" aria-label={t("inbox")}>
      <h2>{t("inbox")}</h2>
      {app.inboxState.value !== "current" && (
        <p class="notice tone-warn" role="status" data-testid="inbox-state">
          {t(app.inboxState.value === "failed" ? "inboxFailed" : "inboxSlow")}
        </p>
      )}
      {rows.length === 0 && app.inboxKnown.value && <p class="inbox-empty">{t("inboxEmpty")}</p>}
      <ul>
        {rows.map((row) => (
          <InboxRowView key={row.key} app={app} row={row} now={now} />
        ))}
      </ul>
    </nav>
  );
}

function ModeSwitch({ t, app }: { t: Translate; app: ConsoleApp }) {
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
        {t("replyMode")}
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
    </div>
  );
}

function Talk({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t, locale, session } = app;
  const conversation = app.conversation.value;
  const is_note = app.mode.value === "note";
  const note_waits = is_note && !row.teamLog;
  const stopped = !app.canSend.value;
  const hint = note_waits ? "noteWaits" : is_note ? "noteHint" : "replyHint";
  const title = row.pageTitle ? t("visitorOn", { page: row.pageTitle }) : t("visitor");
  return (
    <section class={`talk${is_note ? " writes-note" : ""}`} aria-label={title}>
      <header class="talk-head">
        <button
          type="button"
          class="back"
          aria-label={t("backToInbox")}
          title={t("backToInbox")}
          onClick={() => app.back()}
        >
          <Icon name="back" />
        </button>
        <h2>{title}</h2>
      </header>
      <Problems t={t} session={session} log={row.key} />
      {conversation ? (
        <Timeline
          key={row.key}
          t={t}
          locale={locale}
          side="shop"
          conversation={conversation}
          notes={app.notes.value}
          shopName={session.shop.value?.name ?? ""}
          nowMs={now}
          empty=""
          lock={t("customerEncrypted")}
          lockMore={t("lockMore")}
          onLoadEarlier={() => app.loadEarlier()}
        />
      ) : (
        <div class="timeline" />
      )}
      <Composer
        t={t}
        draft={app.draft}
        placeholder={t(stopped ? "cannotSend" : hint)}
        label={t(hint)}
        sendLabel={t(is_note ? "addNote" : "send")}
        focus={app.focus.value}
        disabled={note_waits || stopped}
        testPrefix="console"
        onDraft={(text) => app.write(text)}
        onSend={(text) => app.send(text)}
      >
        <ModeSwitch t={t} app={app} />
      </Composer>
    </section>
  );
}

function Work({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const now = useNow();
  const row = app.row.value;
  return (
    <div class={`columns${row ? " talking" : ""}`}>
      <Inbox app={app} now={now} />
      {row ? (
        <Talk app={app} row={row} now={now} />
      ) : (
        <div class="whole">
          <p>{t("chooseConversation")}</p>
          <p class="keys">{t("chooseKeys")}</p>
        </div>
      )}
    </div>
  );
}

function Content({ app }: { app: ConsoleApp }) {
  const { t, session } = app;
  const whole = (text: string) => (
    <div class="whole">
      <p>{text}</p>
    </div>
  );
  if (session.storage.value === "refused") {
    return whole(t("storageRefused"));
  }
  if (session.failed.value) {
    return <Failed t={t} session={session} />;
  }
  if (session.elsewhere.value) {
    return <Elsewhere t={t} session={session} />;
  }
  if (app.invitation.value && (!session.certified.value || app.expelled.value)) {
    return <Join app={app} />;
  }
  if (session.certified.value) {
    return <Work app={app} />;
  }
  return session.ready.value ? whole(t("joinNone")) : <div class="whole" />;
}

/** Without an app there is no shop yet: somebody opened the page without an invitation. */
export function Console({ app, t }: { app: ConsoleApp | undefined; t: Translate }) {
  return (
    <main class="console">
      <header class="top">
        <span class="mark">
          <Icon name="bell" />
        </span>
        <h1 data-testid="shop-name">{app?.session.shop.value?.name || t("consoleTitle")}</h1>
        {app && <StatusLine t={t} status={app.session.status.value} />}
      </header>
      {app && <StorageNotice t={t} session={app.session} />}
      {app?.session.certificateEnded.value && (
        <p class="notice tone-danger" role="alert" data-testid="certificate-ended">
          <Icon name="warning" />
          {t("certificateEnded")}
        </p>
      )}
      {app && !app.row.value && <Problems t={t} session={app.session} log="" />}
      {app ? (
        <Content app={app} />
      ) : (
        <div class="whole">
          <p>{t("joinNone")}</p>
        </div>
      )}
    </main>
  );
}
