import { useLayoutEffect, useRef } from "preact/hooks";
import { ContentKind, type SearchHit } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import { AuthorClass } from "../ui/src/conversation.ts";
import { Icon } from "../ui/src/icons.tsx";
import { fullTime, listTime } from "../ui/src/time.ts";
import type { ConsoleApp } from "./app.ts";
import { piecesOf } from "./find.ts";
import { Sign } from "./icons.tsx";
import { inUse } from "./tags.ts";

function Fields({ app }: { app: ConsoleApp }) {
  const { t, find } = app;
  const field = useRef<HTMLInputElement>(null);
  const { words, who, from, to, tag } = find.question.value;
  const focus = find.focus.value;
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [focus]);
  const in_use = inUse(app.inbox.rows.value.values());
  const narrow = (part: Parameters<typeof find.set>[0]) => {
    find.set(part);
    if (find.asked.peek()) {
      void find.run();
    }
  };
  return (
    <form
      class="find-fields"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        void find.run();
      }}
    >
      <div class="search">
        <Sign name="search" />
        <input
          ref={field}
          class="field"
          type="search"
          maxLength={100}
          aria-label={t("findWords")}
          placeholder={t("findHint")}
          value={words}
          data-testid="find-words"
          onInput={(event) => find.set({ words: event.currentTarget.value })}
        />
      </div>
      <div class="find-narrow">
        <select
          class="field"
          aria-label={t("findWho")}
          value={who}
          data-testid="find-who"
          onChange={(event) => narrow({ who: event.currentTarget.value })}
        >
          <option value="">{t("findAnybody")}</option>
          <option value="customers">{t("findCustomers")}</option>
          <option value="team">{t("findTeam")}</option>
          {find.authors.value.map(({ device, name }) => (
            <option key={device} value={device}>
              {name}
            </option>
          ))}
        </select>
        {(in_use.length > 0 || tag) && (
          <select
            class="field"
            aria-label={t("findTag")}
            value={tag}
            data-testid="find-tag"
            onChange={(event) => narrow({ tag: event.currentTarget.value })}
          >
            <option value="">{t("findAnyTag")}</option>
            {[...new Set([...(tag ? [tag] : []), ...in_use])].map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
        <input
          class="field"
          type="date"
          aria-label={t("findFrom")}
          title={t("findFrom")}
          value={from}
          data-testid="find-from"
          onChange={(event) => narrow({ from: event.currentTarget.value })}
        />
        <input
          class="field"
          type="date"
          aria-label={t("findTo")}
          title={t("findTo")}
          value={to}
          data-testid="find-to"
          onChange={(event) => narrow({ to: event.currentTarget.value })}
        />
      </div>
    </form>
  );
}

function Text({ app, hit }: { app: ConsoleApp; hit: SearchHit }) {
  const { t, find } = app;
  const pieces = piecesOf(hit.text, find.asked.value?.words ?? "");
  const said = pieces.map(({ text, found }, at) => (found ? <mark key={at}>{text}</mark> : text));
  if (hit.kind === ContentKind.ABOUT) {
    return <>{t("findName")} {said}</>;
  }
  return hit.kind === ContentKind.PAGE_VIEW ? <>{t("pageNow")} {said}</> : <>{said}</>;
}

function HitView({ app, hit, now }: { app: ConsoleApp; hit: SearchHit; now: number }) {
  const { t } = app;
  const locale = app.locale.value;
  const row = app.talks.rowOf(toHex(hit.log));
  const is_note = toHex(hit.inside) !== toHex(hit.log);
  const customer = row ? app.nameOf(row) : t("visitor");
  const of_customer = hit.authorClass === AuthorClass.customer;
  const speaker = hit.name || t(of_customer ? "visitor" : "agent");
  return (
    <li>
      <button
        type="button"
        class="row hit"
        data-testid="find-hit"
        data-log={toHex(hit.log)}
        data-seq={hit.seq}
        onClick={() => app.openHit(hit)}
      >
        <span class="row-head">
          <span class="row-name">
            <bdi>{customer}</bdi>
          </span>
          <time dateTime={new Date(hit.timeMs).toISOString()} title={fullTime(locale, hit.timeMs)}>
            {listTime(t, locale, hit.timeMs, now)}
          </time>
        </span>
        <span class="hit-words" dir="auto">
          {!of_customer && <b>{speaker}: </b>}
          <Text app={app} hit={hit} />
        </span>
        {is_note && (
          <span class="row-about">
            <Icon name="lock" />
            {t("onlyTeam")}
          </span>
        )}
      </button>
    </li>
  );
}

function State({ app }: { app: ConsoleApp }) {
  const { t, find } = app;
  const state = find.state.value;
  const count = find.hits.value.length;
  const words: Record<typeof state, string> = {
    idle: t("findMore"),
    busy: t("findBusy"),
    failed: t("findFailed"),
    done: count ? t("findCount", { n: count, more: find.more.value ? "+" : "" }) : t("findNone"),
  };
  const quiet = state === "done" && count > 0 ? " count" : "";
  const late = state === "busy" ? " late" : "";
  return (
    <p
      class={`inbox-empty${quiet}${late}`}
      role="status"
      data-testid="find-state"
      data-state={state}
    >
      {words[state]}
      {find.building.value && ` ${t("findBuilding")}`}
    </p>
  );
}

/** One moves among the hits with the arrows; Escape goes back to the inbox. */
function walk(app: ConsoleApp, event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const hits = [...event.currentTarget.querySelectorAll<HTMLElement>(".hit")];
  const at = hits.indexOf(document.activeElement as HTMLElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const in_words = (event.target as HTMLElement).matches("[type=search]");
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    app.leaveFind();
  } else if (step && (at >= 0 || in_words)) {
    event.preventDefault();
    hits[Math.max(0, at + step)]?.focus();
  }
}

/** In the place of the inbox. */
export function FindView({ app, now }: { app: ConsoleApp; now: number }) {
  const { t, find } = app;
  return (
    <nav
      class="inbox"
      aria-label={t("findTitle")}
      data-testid="find"
      onKeyDown={(event) => walk(app, event)}
    >
      <header class="inbox-head">
        <h2>{t("findTitle")}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={t("findLeave")}
          title={t("findLeave")}
          data-testid="find-leave"
          onClick={() => app.leaveFind()}
        >
          <Icon name="cross" />
        </button>
      </header>
      <Fields app={app} />
      <State app={app} />
      <ul>
        {find.hits.value.map((hit) => (
          <HitView key={`${toHex(hit.inside)} ${hit.seq}`} app={app} hit={hit} now={now} />
        ))}
        {find.more.value && (
          <li>
            <button
              type="button"
              class="plain more-rows"
              data-testid="find-next"
              onClick={() => void find.next()}
            >
              {t("findNext")}
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}
