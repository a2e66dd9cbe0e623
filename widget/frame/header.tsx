import { useEffect, useRef, useState } from "preact/hooks";
import { Avatar } from "../../web/ui/src/avatar.tsx";
import { Icon } from "../../web/ui/src/icons.tsx";
import { StatusLine } from "../../web/ui/src/notices.tsx";
import type { Status } from "../../web/ui/src/status.ts";
import type { FrameApp } from "./app.ts";
import { hasStranger, type Person } from "./conversations.ts";
import type { Translate } from "./i18n/index.ts";
import { Menu } from "./menu.tsx";

const FACES_MAX = 3;

/** Two names are said; of more, one and how many others. */
export function namesOf(t: Translate, people: readonly Person[]): string {
  const [first, ...others] = people.map(({ name }) => name);
  if (first === undefined || others.length === 0) {
    return first ?? "";
  }
  const [second] = others;
  return others.length === 1
    ? `${first}${t("nameJoin")}${second}`
    : t("otherPeople", { name: first, n: others.length });
}

function Faces({ people }: { people: readonly Person[] }) {
  if (people.length === 0) {
    return (
      <span class="mark">
        <Icon name="bell" />
      </span>
    );
  }
  return (
    <span class="faces">
      {people.slice(0, FACES_MAX).map(({ device, name, picture }) => (
        <Avatar key={device} name={name} picture={picture} size={36} />
      ))}
    </span>
  );
}

/** That the shop is who it says, and what that means when somebody asks. */
function Confirmed({ app, shop }: { app: FrameApp; shop: string }) {
  const t = app.t.value;
  const [open, set_open] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) {
      return undefined;
    }
    const away = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key === "Escape") {
        event.preventDefault();
        button.current?.focus();
      } else if (event instanceof KeyboardEvent || button.current?.contains(event.target as Node)) {
        return;
      }
      set_open(false);
    };
    document.addEventListener("keydown", away, true);
    document.addEventListener("pointerdown", away);
    return () => {
      document.removeEventListener("keydown", away, true);
      document.removeEventListener("pointerdown", away);
    };
  }, [open]);
  return (
    <>
      <button
        type="button"
        class="shield"
        ref={button}
        aria-label={t("confirmed")}
        title={t("confirmed")}
        aria-expanded={open}
        aria-controls="confirmed-more"
        data-testid="confirmed"
        onClick={() => set_open(!open)}
      >
        <Icon name="seal" />
      </button>
      <div class="confirmed-more" id="confirmed-more" role="status" hidden={!open}>
        {open && <p>{t("whoConfirmedMore", { shop })}</p>}
      </div>
    </>
  );
}

/** No line says that all is well where there is nothing to be well. */
function statusOf(app: FrameApp): Status {
  const { session, blocked } = app;
  const refused = session.storage.value === "refused" || session.failed.value;
  return blocked.value || refused
    ? { name: "stopped", tone: "danger", sentence: "stopped", code: blocked.value }
    : session.status.value;
}

function Titles({ app, status }: { app: FrameApp; status: Status }) {
  const t = app.t.value;
  const { session } = app;
  const shop = session.shop.value;
  const names = app.screen.value === "talk" ? namesOf(t, app.people.value) : "";
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
        {confirmed && <Confirmed app={app} shop={shop.name} />}
      </div>
      {!app.ended.value && (
        <div class="status-row">
          {names && status.name === "online" && (
            <bdi class="of-shop" data-testid="shop-name">
              {shop?.name ?? ""}
            </bdi>
          )}
          <StatusLine t={t} status={status} />
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
  const on_list = app.screen.value === "list";
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
      <Faces people={on_list ? [] : app.people.value} />
      <Titles app={app} status={status} />
      {status.name !== "stopped" && !app.ended.value && <Menu app={app} />}
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
