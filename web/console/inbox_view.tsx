import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../ui/src/icons.tsx";
import { fullTime, listTime, span } from "../ui/src/time.ts";
import type { ConsoleApp } from "./app.ts";
import { Sign } from "./icons.tsx";
import type { Row } from "./inbox.ts";
import { RowTags } from "./tags_view.tsx";

/** A number where it is known, else a dot; both have words. */
export function Unread({ app, count }: { app: ConsoleApp; count: number }) {
  const { t } = app;
  if (count === 0) {
    return null;
  }
  return count < 0 ? (
    <span class="badge dot" data-testid="unread" role="img" aria-label={t("newWords")} />
  ) : (
    <span class="badge" data-testid="unread" role="img" aria-label={t("unread", { n: count })}>
      {count > 99 ? "99+" : count}
    </span>
  );
}

function RowFoot({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t } = app;
  const waits = row.waitingSinceMs > 0;
  return (
    <span class="row-about">
      <span class="row-channel">{t("channelWeb")}</span>
      {row.pageTitle && (
        <span class="row-page">
          <bdi>{row.pageTitle}</bdi>
        </span>
      )}
      {waits && (
        <span class="row-waits" data-testid="waits">
          <Icon name="clock" />
          {t("waitsFor", { time: span(t, now - row.waitingSinceMs) })}
        </span>
      )}
    </span>
  );
}

function InboxRowView({ app, row, now }: { app: ConsoleApp; row: Row; now: number }) {
  const { t } = app;
  const locale = app.locale.value;
  const is_shown = app.talks.shown.value === row.key;
  const unread = app.unreadOf(row);
  const draft = is_shown ? "" : app.writing.anyOf(row);
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
        class={`row${unread ? " unread" : ""}${is_selected ? " selected" : ""}`}
        aria-current={is_shown}
        data-testid="inbox-row"
        data-log={row.key}
        data-selected={is_selected}
        onClick={() => app.open(row)}
      >
        <span class="row-head">
          <span class="row-name">
            <bdi>{app.nameOf(row)}</bdi>
          </span>
          <time dateTime={new Date(row.timeMs).toISOString()} title={fullTime(locale, row.timeMs)}>
            {row.timeMs ? listTime(t, locale, row.timeMs, now) : ""}
          </time>
        </span>
        <span class="row-foot">
          <span class="row-preview">
            {draft && <span class="row-draft">{t("draftHere")}</span>}
            <bdi>{draft || (row.recalled ? t("recalled") : row.preview)}</bdi>
          </span>
          <Unread app={app} count={unread} />
        </span>
        <RowTags app={app} row={row} />
        <RowFoot app={app} row={row} now={now} />
      </button>
    </li>
  );
}

function Search({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const field = useRef<HTMLInputElement>(null);
  const wanted = app.searching.value;
  useLayoutEffect(() => {
    if (wanted) {
      field.current?.focus();
      field.current?.select();
    }
  }, [wanted]);
  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && app.query.value) {
      app.query.value = "";
      event.preventDefault();
    } else if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      const [first] = app.listed.value;
      if (first) {
        app.open(first);
      }
    }
  };
  return (
    <div class="search" role="search">
      <Sign name="search" />
      <input
        ref={field}
        class="field"
        type="search"
        aria-label={t("search")}
        placeholder={t("searchHint")}
        value={app.query.value}
        data-testid="search"
        onInput={(event) => (app.query.value = event.currentTarget.value)}
        onKeyDown={keydown}
      />
    </div>
  );
}

function InboxState({ app }: { app: ConsoleApp }) {
  const { t, inbox } = app;
  if (inbox.state.value !== "current") {
    return (
      <p class="notice tone-warn" role="status" data-testid="inbox-state">
        {t(inbox.state.value === "failed" ? "inboxFailed" : "inboxSlow")}
      </p>
    );
  }
  if (!inbox.known.value) {
    return (
      <p class="inbox-empty late" role="status" data-testid="inbox-loading">
        {t("inboxLoading")}
      </p>
    );
  }
  const none = inbox.rows.value.size === 0;
  if (none || app.listed.value.length === 0) {
    return (
      <p class="inbox-empty" role="status" data-testid="inbox-empty">
        {t(none ? "inboxEmpty" : "searchNone")}
      </p>
    );
  }
  return null;
}

export function Inbox({ app, now }: { app: ConsoleApp; now: number }) {
  const { t, inbox } = app;
  const count = { n: inbox.rows.value.size, waiting: app.waiting };
  return (
    <nav class="inbox" aria-label={t("inbox")} data-testid="inbox">
      <header class="inbox-head">
        <h2>{t("inbox")}</h2>
        {inbox.known.value && count.n > 0 && <span class="count">{t("inboxCount", count)}</span>}
      </header>
      <Search app={app} />
      <InboxState app={app} />
      <ul>
        {app.drawn.value.map((row) => (
          <InboxRowView key={row.key} app={app} row={row} now={now} />
        ))}
        {app.drawn.value.length < app.listed.value.length && (
          <li>
            <button type="button" class="plain more-rows" onClick={() => app.drawMore()}>
              {t("inboxMore")}
            </button>
          </li>
        )}
        {app.query.value.trim() && (
          <li>
            <button
              type="button"
              class="plain more-rows"
              data-testid="find-all"
              onClick={() => app.showFind(app.query.value.trim())}
            >
              {t("findAll")}
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}
