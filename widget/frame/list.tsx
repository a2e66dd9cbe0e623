import { useLayoutEffect, useRef } from "preact/hooks";
import { Avatar } from "../../web/ui/src/avatar.tsx";
import { Icon } from "../../web/ui/src/icons.tsx";
import { clockTime, dayName, fullTime } from "../../web/ui/src/time.ts";
import { useNow } from "../../web/ui/src/use_now.ts";
import type { FrameApp } from "./app.ts";
import type { Row } from "./conversations.ts";
import { Mark } from "./icons.tsx";

const UNREAD_SHOWN_MAX = 99;

function When({ app, timeMs, nowMs }: { app: FrameApp; timeMs: number; nowMs: number }) {
  const [t, locale] = [app.t.value, app.locale.value];
  const day = dayName(t, locale, timeMs, nowMs);
  return (
    <time dateTime={new Date(timeMs).toISOString()} title={fullTime(locale, timeMs)}>
      {day === t("today") ? clockTime(locale, timeMs) : day}
    </time>
  );
}

function RowView({ app, row, nowMs }: { app: FrameApp; row: Row; nowMs: number }) {
  const t = app.t.value;
  const draft = app.draftOf(row.log).trim();
  const spoken = row.mine && row.words ? t("youSaid", { text: row.words }) : row.words;
  const said = row.recalled ? t(row.mine ? "recalledByYou" : "recalled") : spoken;
  const words = draft ? t("draftOf", { text: draft }) : said || t("noWordsYet");
  const name = row.name || (app.session.shop.value?.name ?? t("shop"));
  const count = row.unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(row.unread);
  return (
    <li>
      <button
        type="button"
        class={`row${row.unread ? " unread" : ""}`}
        data-testid="conversation"
        data-log={row.log}
        onClick={() => app.showRow(row.log)}
      >
        {row.name ? (
          <Avatar name={name} picture={app.pictureOf(row)} size={40} />
        ) : (
          <span class="mark">
            <Icon name="bell" />
          </span>
        )}
        <span class="row-name">{name}</span>
        {row.timeMs > 0 && <When app={app} timeMs={row.timeMs} nowMs={nowMs} />}
        <span class={`row-words${draft ? " row-draft" : ""}`} dir="auto">
          {words}
        </span>
        {row.unread > 0 && (
          <span class="badge" data-testid="row-unread">
            <span aria-hidden="true">{count}</span>
            <span class="hidden-words">{t("unreadMessages", { n: row.unread })}</span>
          </span>
        )}
      </button>
    </li>
  );
}

/** All conversations of this customer, the newest first. */
export function List({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const now = useNow();
  const box = useRef<HTMLUListElement>(null);
  const focus = app.focus.value;
  useLayoutEffect(() => {
    const rows = [...(box.current?.querySelectorAll<HTMLElement>("[data-log]") ?? [])];
    (rows.find(({ dataset }) => dataset["log"] === app.left.value) ?? rows[0])?.focus();
  }, [focus]);
  return (
    <nav class="list" aria-label={t("conversations")}>
      <h2>{t("conversations")}</h2>
      <ul ref={box} data-testid="conversations">
        {app.rows.value.map((row) => (
          <RowView key={row.log} app={app} row={row} nowMs={now} />
        ))}
      </ul>
      <button
        type="button"
        class="primary"
        data-testid="new-conversation"
        onClick={() => app.startNew()}
      >
        <Mark name="pen" />
        {t("newConversation")}
      </button>
    </nav>
  );
}
