// The messages of the conversation that is shown, and what has to be said above them.
import { AboutBar } from "../../web/ui/src/about_bar.tsx";
import { Problems, StorageNotice } from "../../web/ui/src/notices.tsx";
import { Timeline } from "../../web/ui/src/timeline_view.tsx";
import { useNow } from "../../web/ui/src/use_now.ts";
import type { FrameApp } from "./app.ts";
import { OfferPlace } from "./offer.tsx";

export function Notices({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const { session } = app;
  return (
    <>
      <StorageNotice t={t} session={session} />
      <Problems t={t} session={session} log={app.conversation.value.log} />
    </>
  );
}

export function Messages({ app }: { app: FrameApp }) {
  const { session } = app;
  const [t, locale] = [app.t.value, app.locale.value];
  return (
    <Timeline
      key={app.shown.value}
      t={t}
      locale={locale}
      side="customer"
      members={app.members.value}
      seen={app.sees()}
      conversation={app.conversation.value}
      shopName={session.shop.value?.name ?? ""}
      nowMs={useNow()}
      empty=""
      lock={t("lock")}
      lockMore={t("lockMore")}
      onSendAgain={(item, log) => session.sendAgain(log, item)}
      onDiscard={(item, log) => session.discard(log, item)}
      onReact={(item, log, emoji, off) => session.react(log, item, emoji, off)}
      onJump={({ target }) => target && app.goTo(target)}
      jump={app.jump.value}
      tools={app.tools.value}
      drawer={app.drawer.value}
      files={app.files.value}
      onLoadEarlier={() => app.loadEarlier()}
      onLoadLater={() => app.loadLater()}
      onLoadLatest={() => app.loadLatest()}
      onAway={(away) => session.setAway(app.shown.value, away)}
    />
  );
}

/** What stands above the composer. */
export function About({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const offer = app.offer.value;
  return (
    <>
      {offer !== undefined && <OfferPlace app={app} offer={offer} />}
      <AboutBar
        t={t}
        speaking={app.speaking}
        conversation={app.conversation.value}
        nameOf={(item) => (item.mine ? t("you") : app.nameOf(item))}
      />
    </>
  );
}
