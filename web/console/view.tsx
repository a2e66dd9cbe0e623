import { Icon } from "../ui/src/icons.tsx";
import { Failed, Problems, StorageNotice } from "../ui/src/notices.tsx";
import { useNow } from "../ui/src/use_now.ts";
import { AdminPages } from "./admin/admin_pages.tsx";
import type { ConsoleApp } from "./app.ts";
import { ComposeCard } from "./cards/compose_view.tsx";
import { CustomerPanel } from "./customer_view.tsx";
import { FindView } from "./find_view.tsx";
import { Header } from "./header_view.tsx";
import type { Say } from "./i18n/index.ts";
import { Inbox } from "./inbox_view.tsx";
import { Join } from "./join_view.tsx";
import { KeyMap } from "./keys_view.tsx";
import { Palette } from "./palette_view.tsx";
import { SettingsView } from "./settings_view.tsx";
import { OpenTalks, Talk } from "./talk_view.tsx";
import { UnsentList } from "./unsent_view.tsx";

function Dialogs({ app }: { app: ConsoleApp }) {
  switch (app.dialog.value) {
    case "card":
      return app.row.value ? <ComposeCard app={app} row={app.row.value} /> : null;
    case "keys":
      return <KeyMap app={app} />;
    case "palette":
      return <Palette app={app} />;
    case "settings":
      return <SettingsView app={app} />;
    case "unsent":
      return <UnsentList app={app} />;
    default:
      return null;
  }
}

function NothingShown({ app }: { app: ConsoleApp }) {
  const { t } = app;
  const any = app.inbox.rows.value.size > 0;
  return (
    <div class="talk nothing">
      <OpenTalks app={app} />
      <div class="whole">
        <p>{t(any ? "chooseConversation" : "nothingToChoose")}</p>
        {any && <p class="keys">{t("chooseKeys")}</p>}
      </div>
    </div>
  );
}

function Work({ app }: { app: ConsoleApp }) {
  const now = useNow();
  const row = app.row.value;
  const customer = row !== undefined && app.customerShown.value;
  // With nothing open the inbox is what there is to do.
  const folded = app.settings.now.value.inboxFolded && row !== undefined;
  const finds = app.find.open.value;
  const classes = [
    "columns",
    row ? "talking" : "",
    folded ? "folded" : "",
    customer ? "with-customer" : "",
  ];
  return (
    <div class={classes.filter(Boolean).join(" ")}>
      {!folded && finds && <FindView app={app} now={now} />}
      {!folded && !finds && <Inbox app={app} now={now} />}
      {row ? <Talk app={app} row={row} now={now} /> : <NothingShown app={app} />}
      {customer && <CustomerPanel app={app} row={row} now={now} />}
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
  if (app.invitation.value && (!session.certified.value || app.expelled.value)) {
    return <Join app={app} />;
  }
  if (session.certified.value) {
    const { open } = app.shop;
    return (
      <>
        {app.isAdmin && open.value ? (
          <AdminPages app={app} onClose={() => (open.value = false)} />
        ) : (
          <Work app={app} />
        )}
        <Dialogs app={app} />
      </>
    );
  }
  return session.ready.value ? whole(t("joinNone")) : <div class="whole" />;
}

/** Without an app there is no shop yet: somebody opened the page without an invitation. */
export function Console({ app, t }: { app: ConsoleApp | undefined; t: Say }) {
  const say = app?.t ?? t;
  return (
    <main class="console">
      <Header app={app} title={say("consoleTitle")} />
      {app && <StorageNotice t={say} session={app.session} />}
      {app?.session.certificateEnded.value && (
        <p class="notice tone-danger" role="alert" data-testid="certificate-ended">
          <Icon name="warning" />
          {say("certificateEnded")}
        </p>
      )}
      {app && !app.row.value && <Problems t={say} session={app.session} log="" />}
      {app ? (
        <Content app={app} />
      ) : (
        <div class="whole">
          <p>{say("joinNone")}</p>
        </div>
      )}
    </main>
  );
}
