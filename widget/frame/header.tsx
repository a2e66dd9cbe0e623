import type { ComponentChild } from "preact";
import { Icon } from "../../web/ui/src/icons.tsx";
import { StatusLine } from "../../web/ui/src/status_line.tsx";
import type { Status } from "../../web/ui/src/status.ts";
import type { FrameApp } from "./app.ts";
import { hasStranger } from "./conversations.ts";
import { Mark } from "./icons.tsx";

/** No line says that all is well where there is nothing to be well. */
function statusOf(app: FrameApp): Status {
  const { session, blocked } = app;
  const refused = session.storage.value === "refused" || session.failed.value;
  return blocked.value || refused
    ? { name: "stopped", tone: "danger", sentence: "stopped", code: blocked.value }
    : session.status.value;
}

/** Until the sentences of errors are here, what holds for all of them. */
function wordsOf(app: FrameApp, { name, sentence, code }: Status): string {
  const t = app.t.value;
  const known = sentence ?? (name === "offline" ? "offline" : "stopped");
  return sentence ? t(sentence) : (app.rest.value?.errorSentence(t, code) ?? t(known));
}

type LateProps = { app: FrameApp; name: "menu" | "confirmed"; kind: string; sign: ComponentChild };

/** Looks like what rest.tsx draws there, and is opened by it. */
function Late({ app, name, kind, sign }: LateProps) {
  const label = app.t.value(name);
  return (
    <button
      type="button"
      class={kind}
      aria-label={label}
      title={label}
      aria-expanded={false}
      data-testid={name}
      onClick={() => (app.asked.value = name)}
      onKeyDown={({ key }) => {
        if (key === "ArrowDown" || key === "ArrowUp") {
          app.asked.value = name;
        }
      }}
    >
      {sign}
    </button>
  );
}

function Titles({ app, status }: { app: FrameApp; status: Status }) {
  const t = app.t.value;
  const { session } = app;
  const shop = session.shop.value;
  const rest = app.rest.value;
  const names = app.screen.value === "talk" ? rest?.namesOf(t, app.people.value) : "";
  // Beside a stranger's words no sign may say that all is confirmed.
  const confirmed = shop?.fresh && !app.blocked.value && !hasStranger(app.conversation.value);
  return (
    <div class="titles">
      <div class="title-row">
        <h1>
          {names ? (
            <bdi data-testid="people">{names}</bdi>
          ) : (
            <>
              <bdi data-testid="shop-name">{shop?.name ?? ""}</bdi>
              {!shop?.name && t("conversation")}
            </>
          )}
        </h1>
        {confirmed &&
          (rest ? (
            <rest.Confirmed app={app} shop={shop.name} />
          ) : (
            <Late app={app} name="confirmed" kind="shield" sign={<Icon name="seal" />} />
          ))}
      </div>
      {!app.ended.value && (
        <div class="status-row">
          {names && status.name === "online" && (
            <bdi class="of-shop" data-testid="shop-name">
              {shop?.name ?? ""}
            </bdi>
          )}
          <StatusLine status={status} words={wordsOf(app, status)} />
          {status.name === "offline" && (
            <button type="button" data-testid="retry" onClick={() => app.retry()}>
              {t("retry")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

export function Header({ app, onClose }: { app: FrameApp; onClose?: (() => void) | undefined }) {
  const t = app.t.value;
  const status = statusOf(app);
  const people = app.screen.value === "list" ? [] : app.people.value;
  const rest = app.rest.value;
  return (
    <header>
      {app.canGoBack.value && (
        <button
          type="button"
          class="head-tool back"
          aria-label={t("backToList")}
          title={t("backToList")}
          data-testid="back"
          onClick={() => app.showList()}
        >
          <Icon name="back" />
        </button>
      )}
      {rest && people.length > 0 ? (
        <rest.Faces people={people} />
      ) : (
        <span class="mark">
          <Icon name="bell" />
        </span>
      )}
      <Titles app={app} status={status} />
      {status.name !== "stopped" &&
        !app.ended.value &&
        (rest ? (
          <rest.Menu app={app} />
        ) : (
          <Late app={app} name="menu" kind="head-tool" sign={<Mark name="more" />} />
        ))}
      {onClose && (
        <button
          type="button"
          class="head-tool close"
          aria-label={t("close")}
          title={t("close")}
          data-testid="close"
          onClick={onClose}
        >
          <Icon name="cross" />
          <Icon name="chevron" />
        </button>
      )}
    </header>
  );
}
