// The frame's side of files: what their part has to know of the conversation.
import { Files } from "../../web/ui/src/files.ts";
import type { OpenMedia } from "../../web/ui/src/media/host.ts";
import type { FrameApp } from "./app.ts";
import { addressOf, bring } from "./files.ts";

/** From now on files can be sent and seen. */
export function useFiles(app: FrameApp): void {
  const { shop, relayUrl } = app.config;
  const host = {
    app: "widget",
    shop,
    relayUrl,
    asset: addressOf,
    locale: () => app.locale.peek(),
    conversation: () => app.conversation.peek(),
    send: (log: string, shown: Parameters<FrameApp["sendShown"]>[1]) => app.sendShown(log, shown),
    focus: () => void app.focus.value++,
  } as const;
  const fetch = () => bring<{ openMedia: OpenMedia }>(__PARTS_URL__);
  const files = new Files(app.session, host, fetch);
  app.files.value = files;
  const button = document.querySelector<HTMLElement>("[data-testid=attach]");
  if (app.asked.peek() === "attach" && button) {
    files.pick(app.shown.peek(), button);
  }
}
