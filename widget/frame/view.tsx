// What a first open draws: the head, the greeting, the composer. All else is drawn by rest.tsx,
// which comes a moment later.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Composer } from "../../web/ui/src/composer.tsx";
import { LockLine } from "../../web/ui/src/lock_line.tsx";
import type { FrameApp } from "./app.ts";
import { isTalk } from "./conversations.ts";
import { Header } from "./header.tsx";
import type { Whole } from "./linking.ts";
import { Welcome } from "./welcome.tsx";

/** Where a conversation has not begun; and, bare, what was said before the rest is here. */
function Opening({ app }: { app: FrameApp }) {
  const t = app.t.value;
  const { items } = app.conversation.value;
  return (
    <div class="timeline-box">
      <div class="timeline" role="region" aria-label={t("conversation")} tabIndex={0}>
        <LockLine lock={t("lock")} lockMore={t("lockMore")} />
        {!items.length && app.greets.value && (
          <div class="empty">
            <Welcome app={app} />
          </div>
        )}
        {items.filter(({ kind }) => isTalk(kind)).map(({ key, mine, seq, text }) => (
          <p
            key={key}
            class={mine ? "bare mine" : "bare"}
            dir="auto"
            data-testid="message"
            data-state={seq ? "sent" : "sending"}
          >
            {text}
          </p>
        ))}
      </div>
    </div>
  );
}

function Talk({ app }: { app: FrameApp }) {
  const { speaking } = app;
  const t = app.t.value;
  const rest = app.rest.value;
  const files = app.files.value;
  const shown = app.shown.value;
  const greets = app.greets.value && !app.conversation.value.items.length;
  const takes_files = app.session.blobs.value.bytesMax > 0;
  const attach = (button: HTMLElement) =>
    files ? files.pick(shown, button) : (app.asked.value = "attach");
  const voice = (hold: PointerEvent | undefined) => files?.voice(shown, hold);
  const leave = () => {
    const had = speaking.about.value !== undefined;
    speaking.cancel();
    return had;
  };
  return (
    <>
      {rest && <rest.Notices app={app} />}
      {rest && !greets ? <rest.Messages app={app} /> : <Opening app={app} />}
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
        waits={files?.waits.value.get(shown) ?? 0}
        onAttach={takes_files ? attach : undefined}
        onFiles={files?.can.value ? (found) => files.add(shown, found) : undefined}
        onVoice={takes_files ? voice : undefined}
        onUp={() => speaking.editLast(app.conversation.value)}
        onLeave={leave}
      >
        {rest && <rest.About app={app} />}
        {rest && files && <rest.FilesPlace files={files} log={shown} hint={t("attach")} />}
      </Composer>
    </>
  );
}

function Body({ app }: { app: FrameApp }) {
  const rest = app.rest.value;
  const on_list = app.screen.value === "list";
  if (!app.instead.value && !on_list) {
    return <Talk app={app} />;
  }
  if (!rest) {
    return <p class="empty">{app.restLate.value && app.t.value("startFailed")}</p>;
  }
  return app.instead.value ? <rest.Instead app={app} /> : <rest.List app={app} />;
}

/** On the browser's own timeline: since when there is a composer, and since when it is online. */
function Marks({ app }: { app: FrameApp }) {
  const online = app.session.status.value.name === "online" && app.screen.value === "talk";
  useLayoutEffect(() => {
    performance.mark(online ? "shopbell usable" : "shopbell drawn");
  }, [online]);
  return null;
}

function WholePlace({ open }: { open: Whole }) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => place.current ? open(place.current) : undefined, [open]);
  return <main class="frame" ref={place} />;
}

/** `onClose` is left out where there is no panel to close. */
export function Frame({ app, onClose }: { app: FrameApp; onClose?: (() => void) | undefined }) {
  const open = !app.identity.veiled.value && app.whole.value;
  if (open) {
    return <WholePlace open={open} />;
  }
  return (
    <main class="frame">
      <Header app={app} onClose={onClose} />
      <Body app={app} />
      <Marks app={app} />
    </main>
  );
}
