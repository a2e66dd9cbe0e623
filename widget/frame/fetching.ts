// When the frame fetches what its first open did without.
import { computed, effect } from "@preact/signals";
import type { OpenPicker } from "../../web/ui/src/tools/host.ts";
import type { FrameApp, Rest } from "./app.ts";
import { bring, files } from "./files.ts";
import { bringMoreWords } from "./i18n/index.ts";
import { wasHere } from "./kept.ts";

type Later = typeof import("./later.ts");

/** Then also where nobody can be reached, and nothing has been said. */
const PATIENCE_MS = 2000;
const AGAIN_MS = 1000;
const AGAIN_MS_MAX = 30_000;

const fetchLater = (): Promise<Later> => bring(files().tools);

export const fetchPicker = (): Promise<OpenPicker> =>
  fetchLater().then(({ openPicker }) => openPicker);

const inIdle = (act: () => void): void => {
  // Some browsers have no such call.
  if ("requestIdleCallback" in window) {
    window.requestIdleCallback(act, { timeout: PATIENCE_MS });
  } else {
    setTimeout(act, 0);
  }
};

/** Asks until it comes; without it there are no messages to see. */
async function fetchRest(app: FrameApp, again_ms = AGAIN_MS): Promise<void> {
  try {
    const [rest] = await Promise.all([
      bring<Rest>(files().rest),
      bringMoreWords(app.locale.peek()),
    ]);
    app.rest.value = rest;
    rest.ringForNews(app);
  } catch {
    app.restLate.value = true;
    setTimeout(() => void fetchRest(app, Math.min(again_ms * 2, AGAIN_MS_MAX)), again_ms);
  }
}

/** At once where it is needed; else when there is a composer that is connected. */
export function bringRest(app: FrameApp): void {
  const needed = computed(
    () =>
      app.instead.value ||
      app.screen.value === "list" ||
      app.conversation.value.items.length > 0,
  );
  const usable = computed(() => app.session.status.value.name === "online");
  let asked = false;
  const ask = (): void => {
    if (!asked) {
      asked = true;
      void fetchRest(app);
    }
  };
  if (wasHere()) {
    ask();
    return;
  }
  setTimeout(ask, PATIENCE_MS);
  const stop = effect(() => {
    if (needed.value) {
      ask();
    } else if (usable.value) {
      inIdle(ask);
    }
    if (needed.value || usable.value) {
      queueMicrotask(() => stop());
    }
  });
}

/** Not before there is a message with which something can be done. */
export function bringTools(app: FrameApp): void {
  const stop = effect(() => {
    if (app.open.value && app.conversation.value.items.some(({ seq }) => seq > 0)) {
      const take = ({ attach, openFinder, bringDrawer }: Later) =>
        app.useTools(attach, openFinder, bringDrawer);
      // Without it the conversation goes on all the same; the next visit tries again.
      fetchLater().then(take, () => undefined);
      queueMicrotask(() => stop());
    }
  });
}
