// The admin's pages: install, domains, look, team, keys. They are drawn in place of the inbox and
// ask the desk anew while they are looked at.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../../ui/src/icons.tsx";
import { accessOf } from "./access.tsx";
import { AdminState, isBackedUp } from "./admin_state.ts";
import { DomainsPage } from "./domains_page.tsx";
import { sayIn, type AdminKey, type Say } from "./i18n/index.ts";
import { InstallPage } from "./install_page.tsx";
import { KeysPage } from "./keys_page.tsx";
import { LookPage } from "./look_page.tsx";
import type { AdminHost, PageName, PageProps } from "./parts.tsx";
import { snooze, snoozedUntil } from "./snooze.ts";
import { TeamPage } from "./team_page.tsx";

const REFRESH_MS = 15_000;

const pages = [
  { id: "install", name: "pageInstall", draw: InstallPage },
  { id: "domains", name: "pageDomains", draw: DomainsPage },
  { id: "look", name: "pageLook", draw: LookPage },
  { id: "team", name: "pageTeam", draw: TeamPage },
  { id: "keys", name: "pageKeys", draw: KeysPage },
] as const satisfies readonly {
  id: PageName;
  name: AdminKey;
  draw: (props: PageProps) => unknown;
}[];

type NavProps = { say: Say; shown: PageName; warns: boolean; go: (page: PageName) => void };

function Nav({ say, shown, warns, go }: NavProps) {
  return (
    <nav class="admin-nav" aria-label={say("adminPages")}>
      {pages.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          aria-current={id === shown ? "page" : undefined}
          data-testid={`admin-${id}`}
          onClick={() => go(id)}
        >
          {say(name)}
          {id === "keys" && warns && <Icon name="warning" />}
        </button>
      ))}
    </nav>
  );
}

function Reminder({ say, go }: { say: Say; go: (page: PageName) => void }) {
  return (
    <div class="notice tone-warn admin-remind" role="status" data-testid="remind">
      <Icon name="warning" />
      <p>
        <strong>{say("remindTitle")}</strong> {say("remindMore")}
      </p>
      <span>
        <button type="button" class="plain" onClick={() => go("keys")}>
          {say("remindHow")}
        </button>
        <button type="button" class="plain" onClick={() => snooze(Date.now())}>
          {say("snooze")}
        </button>
      </span>
    </div>
  );
}

/** What stands where nothing can be shown yet; none where the pages can. */
function Waits({ say, state }: { say: Say; state: AdminState }) {
  const { status, overview } = state;
  if (status.value === "refused") {
    return (
      <p class="notice tone-danger" role="alert" data-testid="admin-refused">
        {say("notAdmin")}
      </p>
    );
  }
  if (status.value === "failed") {
    return (
      <p class="notice tone-warn" role="status" data-testid="admin-failed">
        {say("failed")}
      </p>
    );
  }
  return overview.value ? null : (
    <p class="admin-hint late" role="status">
      {say("loading")}
    </p>
  );
}

/** Asks at once and then from time to time, while somebody looks. */
function useRefresh(state: AdminState): void {
  useEffect(() => {
    void state.refresh();
    const again = () => {
      if (document.visibilityState === "visible") {
        void state.refresh();
      }
    };
    const timer = window.setInterval(again, REFRESH_MS);
    document.addEventListener("visibilitychange", again);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  }, [state]);
}

export function AdminPages({ app, onClose }: { app: AdminHost; onClose: () => void }) {
  const { session } = app;
  const locale = app.locale.value;
  const say = useMemo(() => sayIn(locale), [locale]);
  const state = useMemo(() => new AdminState(session.engine), [session]);
  const [shown, set_shown] = useState<PageName>("install");
  const heading = useRef<HTMLHeadingElement>(null);
  useRefresh(state);
  // Ahead of the heading, which takes the focus.
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) {
        before.focus();
      }
    };
  }, []);
  useLayoutEffect(() => heading.current?.focus(), [shown]);

  const overview = state.overview.value;
  const safe = overview && isBackedUp(overview);
  useEffect(() => {
    if (safe !== undefined) {
      void accessOf(session).look();
    }
  }, [session, safe]);
  const { name, draw: Draw } = pages.find(({ id }) => id === shown) ?? pages[0];
  const now_ms = overview?.nowMs ?? 0;
  const unsaved = safe === false;
  const reminds = unsaved && snoozedUntil.value < now_ms && shown !== "keys";
  const leave = (event: KeyboardEvent) => {
    const { target } = event;
    const writes = target instanceof HTMLElement && target.matches("input, textarea, select");
    if (event.key === "Escape" && !event.isComposing && !writes) {
      onClose();
    }
    // The inbox's one-letter keys mean nothing here.
    event.stopPropagation();
  };
  return (
    <section
      class="admin"
      aria-labelledby="admin-title"
      data-testid="admin"
      onKeyDown={leave}
    >
      <header class="admin-top">
        <button
          type="button"
          class="tool"
          aria-label={say("adminClose")}
          title={say("adminClose")}
          data-testid="admin-close"
          onClick={onClose}
        >
          <Icon name="back" />
        </button>
        <h2 id="admin-title">{say("adminTitle")}</h2>
      </header>
      <div class="admin-body">
        <Nav say={say} shown={shown} warns={unsaved} go={set_shown} />
        <div class="admin-page">
          <h2 tabIndex={-1} ref={heading}>
            {say(name)}
          </h2>
          {reminds && <Reminder say={say} go={set_shown} />}
          <Waits say={say} state={state} />
          {overview && state.status.value !== "refused" && (
            <Draw
              key={shown}
              say={say}
              locale={locale}
              state={state}
              overview={overview}
              device={session.device.value}
              nowMs={now_ms}
              go={set_shown}
            />
          )}
        </div>
      </div>
    </section>
  );
}
