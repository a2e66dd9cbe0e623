import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { errorName, errorSentence } from "../../web/ui/i18n/errors.ts";
import { Composer } from "../../web/ui/src/composer.tsx";
import { Icon } from "../../web/ui/src/icons.tsx";
import { Failed, Problems, StorageNotice } from "../../web/ui/src/notices.tsx";
import { AboutBar } from "../../web/ui/src/speaking.tsx";
import { Timeline } from "../../web/ui/src/timeline_view.tsx";
import type { OpenFinder } from "../../web/ui/src/tools/finder.tsx";
import { useNow } from "../../web/ui/src/use_now.ts";
import type { FrameApp } from "./app.ts";
import { ownTabUrl } from "./config.ts";
import { Header } from "./header.tsx";
import { List } from "./list.tsx";
import { Welcome } from "./welcome.tsx";

function Blocked({ app, code }: { app: FrameApp; code: number }) {
  return (
    <div class="whole" role="alert" data-testid="problem" data-error={errorName(code)}>
      <Icon name="warning" />
      <p>{errorSentence(app.t.value, code)}</p>
    </div>
  );
}

/** In a page of its own the browser may allow what it refuses inside another. */
function Refused({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="whole" role="alert" data-testid="storage" data-mode="refused">
      <p>{t("storageRefused")}</p>
      {!app.ownTab && (
        <a class="primary" href={ownTabUrl(location.href)} target="_blank" rel="noopener">
          {t("openInTab")}
        </a>
      )}
    </div>
  );
}

function Ended({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="whole" role="status" data-testid="ended">
      <h2>{t("endedTitle")}</h2>
      <p>{t("endedMore")}</p>
      <button
        type="button"
        class="primary"
        data-testid="open-again"
        onClick={() => location.reload()}
      >
        {t("openAgain")}
      </button>
    </div>
  );
}

/** Somebody else may sit here, or nobody at all any more: nothing of what was said is drawn. */
function Veil({ app }: { app: FrameApp }) {
  const t = app.t.value;
  return (
    <div class="whole" role="status" data-testid="veil">
      {!app.identity.ended.value && <p>{t("veiled")}</p>}
    </div>
  );
}

function AskBeforeLeaving({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const { identity } = app;
  return (
    <div class="whole" role="alert" data-testid="leave">
      <h2>{t("leaveTitle")}</h2>
      <p>{t("leaveMore", { n: identity.asks.value })}</p>
      <button
        type="button"
        class="primary"
        data-testid="leave-stay"
        onClick={() => identity.answer(false)}
      >
        {t("leaveStay")}
      </button>
      <button
        type="button"
        class="plain"
        data-testid="leave-go"
        onClick={() => identity.answer(true)}
      >
        {t("leaveGo")}
      </button>
    </div>
  );
}

function Talk({ app }: { app: FrameApp }) {
  const { session, speaking } = app;
  const [t, locale] = [app.t.value, app.locale.value];
  const now = useNow();
  const leave = () => {
    const had = speaking.about.value !== undefined;
    speaking.cancel();
    return had;
  };
  return (
    <>
      <StorageNotice t={t} session={session} />
      <Problems t={t} session={session} log={app.conversation.value.log} />
      <Timeline
        key={app.shown.value}
        t={t}
        locale={locale}
        side="customer"
        members={app.members.value}
        seen={app.sees()}
        conversation={app.conversation.value}
        shopName={session.shop.value?.name ?? ""}
        nowMs={now}
        empty={app.greets.value ? <Welcome app={app} /> : ""}
        lock={t("lock")}
        lockMore={t("lockMore")}
        onSendAgain={(item, log) => session.sendAgain(log, item)}
        onDiscard={(item, log) => session.discard(log, item)}
        onReact={(item, log, emoji, off) => session.react(log, item, emoji, off)}
        onJump={({ target }) => target && app.goTo(target)}
        jump={app.jump.value}
        tools={app.tools.value}
        onLoadEarlier={() => app.loadEarlier()}
        onLoadLater={() => app.loadLater()}
        onLoadLatest={() => app.loadLatest()}
        onAway={(away) => session.setAway(app.shown.value, away)}
      />
      <Composer
        t={t}
        draft={speaking.isEdit.value ? speaking.editText.value : app.draft.value}
        placeholder={t("composerHint")}
        label={t("composerLabel")}
        sendLabel={t("send")}
        focus={app.focus.value}
        onDraft={(text) => app.write(text)}
        onSend={(text) => app.submit(text)}
        picker={app.picker}
        onUp={() => speaking.editLast(app.conversation.value)}
        onLeave={leave}
      >
        <AboutBar
          t={t}
          speaking={speaking}
          conversation={app.conversation.value}
          nameOf={(item) => (item.mine ? t("you") : app.nameOf(item))}
        />
      </Composer>
    </>
  );
}

function Body({ app }: { app: FrameApp }) {
  const { session } = app;
  const t = app.t.value;
  if (app.ended.value) {
    return <Ended app={app} />;
  }
  if (app.identity.veiled.value) {
    return <Veil app={app} />;
  }
  if (app.identity.asks.value) {
    return <AskBeforeLeaving app={app} />;
  }
  if (session.storage.value === "refused") {
    return <Refused app={app} />;
  }
  if (session.failed.value) {
    return <Failed t={t} session={session} />;
  }
  if (app.blocked.value) {
    return <Blocked app={app} code={app.blocked.value} />;
  }
  return app.screen.value === "list" ? <List app={app} /> : <Talk app={app} />;
}

/** On the browser's own timeline: since when there is a composer, and since when it is online. */
function Marks({ app }: { app: FrameApp }) {
  const online = app.session.status.value.name === "online" && app.screen.value === "talk";
  useLayoutEffect(() => {
    performance.mark(online ? "shopbell usable" : "shopbell drawn");
  }, [online]);
  return null;
}

function FinderPlace({ app, open }: { app: FrameApp; open: OpenFinder }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => (place.current ? open(place.current, app.finderHost()) : undefined), []);
  return <main class="frame" ref={place} />;
}

/** `onClose` is left out where there is no panel to close. */
export function Frame({ app, onClose }: { app: FrameApp; onClose?: (() => void) | undefined }) {
  const open = !app.identity.veiled.value && app.finding.value && app.finder.value;
  if (open) {
    return <FinderPlace app={app} open={open} />;
  }
  return (
    <main class="frame">
      <Header app={app} onClose={onClose} />
      <Body app={app} />
      <Marks app={app} />
    </main>
  );
}
