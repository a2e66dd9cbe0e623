import { statusSentence } from "../ui/i18n/errors.ts";
import { Icon } from "../ui/src/icons.tsx";
import { StatusLine } from "../ui/src/status_line.tsx";
import { AdminButton } from "./admin/access.tsx";
import type { ConsoleApp, Dialog } from "./app.ts";
import { Sign, type SignName } from "./icons.tsx";
import type { ConsoleKey } from "./i18n/index.ts";

type ToolProps = { app: ConsoleApp; dialog: Dialog; name: ConsoleKey; sign: SignName };

function Tool({ app, dialog, name, sign }: ToolProps) {
  const label = app.t(name);
  return (
    <button
      type="button"
      class={`icon-button of-${dialog}`}
      aria-label={label}
      title={label}
      aria-haspopup="dialog"
      data-testid={`tool-${dialog}`}
      onClick={() => (app.dialog.value = dialog)}
    >
      <Sign name={sign} />
    </button>
  );
}

function OwnStatus({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const { away } = app.settings.now.value;
  return (
    <button
      type="button"
      class={`own-status${away ? " away" : ""}`}
      title={t(away ? "setAvailable" : "setAway")}
      data-testid="own-status"
      data-away={away}
      data-in-use={app.person.inUse.value}
      onClick={() => app.toggleAway()}
    >
      {away ? <Sign name="moon" /> : <i class="lamp" aria-hidden="true" />}
      {t(away ? "away" : "available")}
    </button>
  );
}

function UnsentCount({ app }: { app: ConsoleApp }) {
  const n = app.unsent.value.length;
  if (n === 0) {
    return null;
  }
  return (
    <button
      type="button"
      class="unsent-count"
      aria-haspopup="dialog"
      data-testid="unsent-count"
      onClick={() => (app.dialog.value = "unsent")}
    >
      <Sign name="outbox" />
      {app.t("unsentSome", { n })}
    </button>
  );
}

function Tools({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const { inboxFolded } = app.settings.now.value;
  const fold = t(inboxFolded ? "unfoldInbox" : "foldInbox");
  return (
    <div class="tools">
      <UnsentCount app={app} />
      <OwnStatus app={app} />
      <button
        type="button"
        class="icon-button fold-inbox"
        aria-label={fold}
        title={fold}
        aria-expanded={!inboxFolded}
        data-testid="inbox-toggle"
        onClick={() => app.toggleInbox()}
      >
        <Sign name="side" />
      </button>
      <Tool app={app} dialog="palette" name="palette" sign="search" />
      <Tool app={app} dialog="keys" name="keysTitle" sign="keyboard" />
      <Tool app={app} dialog="settings" name="settings" sign="gear" />
      <AdminButton app={app} />
    </div>
  );
}

/** Without an app there is no shop yet. */
export function Header({ app, title }: { app: ConsoleApp | undefined; title: string }) {
  return (
    <header class="top">
      <span class="mark">
        <Icon name="bell" />
      </span>
      <h1 data-testid="shop-name">
        <bdi>{app?.session.shop.value?.name || title}</bdi>
      </h1>
      {app && (
        <StatusLine
          status={app.session.status.value}
          words={statusSentence(app.t, app.session.status.value)}
        />
      )}
      {app?.session.certified.value && <Tools app={app} />}
    </header>
  );
}
