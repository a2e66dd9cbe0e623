import { errorName, errorSentence } from "../../web/ui/i18n/errors.ts";
import { Composer } from "../../web/ui/src/composer.tsx";
import { Icon } from "../../web/ui/src/icons.tsx";
import {
  Elsewhere,
  Failed,
  Problems,
  StatusLine,
  StorageNotice,
} from "../../web/ui/src/notices.tsx";
import type { Status } from "../../web/ui/src/status.ts";
import { Timeline } from "../../web/ui/src/timeline_view.tsx";
import { useNow } from "../../web/ui/src/use_now.ts";
import type { FrameApp } from "./app.ts";

function Header({ app, onClose }: { app: FrameApp; onClose: () => void }) {
  const { t, session } = app;
  const code = app.blocked.value;
  const status: Status = code
    ? { name: "stopped", tone: "danger", sentence: "stopped", code }
    : session.status.value;
  return (
    <header>
      <span class="mark">
        <Icon name="bell" />
      </span>
      <div class="titles">
        <h1 data-testid="shop-name">{session.shop.value?.name ?? ""}</h1>
        <StatusLine t={t} status={status} />
      </div>
      {status.name === "offline" && (
        <button type="button" class="plain" data-testid="retry" onClick={() => app.retry()}>
          {t("retry")}
        </button>
      )}
      <button
        type="button"
        class="close"
        aria-label={t("close")}
        title={t("close")}
        onClick={onClose}
      >
        <Icon name="cross" />
        <Icon name="chevron" />
      </button>
    </header>
  );
}

function Blocked({ app, code }: { app: FrameApp; code: number }) {
  return (
    <div class="whole" role="alert" data-testid="problem" data-error={errorName(code)}>
      <Icon name="warning" />
      <p>{errorSentence(app.t, code)}</p>
    </div>
  );
}

function Talk({ app }: { app: FrameApp }) {
  const { t, session, locale } = app;
  const now = useNow();
  return (
    <>
      <StorageNotice t={t} session={session} />
      <Problems t={t} session={session} log={app.conversation.value.log} />
      <Timeline
        t={t}
        locale={locale}
        side="customer"
        conversation={app.conversation.value}
        shopName={session.shop.value?.name ?? ""}
        nowMs={now}
        empty={t("empty")}
        lock={t("lock")}
        lockMore={t("lockMore")}
        onLoadEarlier={() => app.loadEarlier()}
      />
      <Composer
        t={t}
        draft={app.draft.value}
        placeholder={t("composerHint")}
        label={t("composerLabel")}
        sendLabel={t("send")}
        focus={app.focus.value}
        onDraft={(text) => app.write(text)}
        onSend={(text) => app.send(text)}
      />
    </>
  );
}

function Body({ app }: { app: FrameApp }) {
  const { t, session } = app;
  if (session.storage.value === "refused") {
    return (
      <div class="whole" data-testid="storage" data-mode="refused">
        <p>{t("storageRefused")}</p>
      </div>
    );
  }
  if (session.failed.value) {
    return <Failed t={t} session={session} />;
  }
  if (app.blocked.value) {
    return <Blocked app={app} code={app.blocked.value} />;
  }
  return session.elsewhere.value ? <Elsewhere t={t} session={session} /> : <Talk app={app} />;
}

export function Frame({ app, onClose }: { app: FrameApp; onClose: () => void }) {
  return (
    <main class="frame">
      <Header app={app} onClose={onClose} />
      <Body app={app} />
    </main>
  );
}
