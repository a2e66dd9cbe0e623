// When the frame fetches what its first open did without.
import { effect, signal } from "@preact/signals";
import type { OpenPicker } from "../../web/ui/src/tools/host.ts";
import type { FrameApp, Rest } from "./app.ts";
import { bring, files } from "./files.ts";
import { bringMoreWords } from "./i18n/index.ts";
import { wasHere } from "./kept.ts";
import type { OpenLink } from "./link/host.ts";

type Later = typeof import("./later.ts");

const AGAIN_MS = 1000;
const AGAIN_MS_MAX = 30_000;

const fetchLater = (): Promise<Later> => bring(files().tools);

export const fetchPicker = (): Promise<OpenPicker> =>
  fetchLater().then(({ openPicker }) => openPicker);

export const fetchLinker = (): Promise<OpenLink> =>
  bring<typeof import("./link/link.tsx")>(files().link).then(({ openLink }) => openLink);

/** Asks until it comes; without it there are no messages to see. */
async function fetchRest(app: FrameApp, again_ms = AGAIN_MS): Promise<void> {
  try {
    const [rest] = await Promise.all([
      bring<Rest>(files().rest),
      bringMoreWords(app.locale.peek()),
    ]);
    app.rest.value = rest;
    rest.ringForNews(app);
    rest.useFiles(app);
  } catch {
    app.restLate.value = true;
    setTimeout(() => void fetchRest(app, Math.min(again_ms * 2, AGAIN_MS_MAX)), again_ms);
  }
}

/** Of who only looks at it nothing more is fetched. */
const USES = ["keydown", "input", "pointerdown", "dragenter"];

/** At the first sign that somebody uses it; at once where there is more to see than a greeting. */
export function bringRest(app: FrameApp): void {
  const { session } = app;
  const used = signal(wasHere());
  const use = () => (used.value = true);
  USES.forEach((name) => document.addEventListener(name, use, { once: true, capture: true }));
  const stop = effect(() => {
    const more = app.conversation.value.items.length > 0 || app.screen.value === "list";
    const told = session.problems.value.length > 0 || session.storage.value === "session";
    const wrong = session.status.value.tone !== "calm" || app.instead.value;
    const offers = app.offer.value !== undefined;
    if (used.value || more || told || wrong || offers) {
      queueMicrotask(() => stop());
      void fetchRest(app);
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
