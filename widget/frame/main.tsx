// Wiring of the conversation's frame: its configuration, the device in its worker, the page around.
import { effect } from "@preact/signals";
import { render } from "preact";
import { openEngine } from "../../web/engine/src/client.ts";
import { errorName } from "../../web/ui/i18n/error_name.ts";
import { dirOf, pickLocale } from "../../web/ui/i18n/index.ts";
import { applyTheme } from "../../web/ui/src/theme.ts";
import { FrameApp } from "./app.ts";
import { readConfig, type FrameConfig } from "./config.ts";
import { deviceOptions, takeStarted } from "./device.ts";
import { bringRest, bringTools, fetchLinker, fetchPicker } from "./fetching.ts";
import { HostPage, type Cause, type ToPage } from "./host_page.ts";
import { bringWords, translator } from "./i18n/index.ts";
import { Frame } from "./view.tsx";
import { followViewport } from "./viewport.ts";

const CAUSES: Readonly<Record<string, Cause>> = {
  wrong_shop: "wrong_shop",
  card_chain: "card_chain",
  closed_shop_unknown: "shop_unknown",
  closed_origin: "origin",
  closed_frame: "failed",
};

/** Why there is no conversation right now; nothing where there is one. */
function causeOf({ session, blocked }: FrameApp): Cause | undefined {
  // Where it lasts for this visit only, there still is a conversation; the page may want to know.
  if (session.storage.value && session.storage.value !== "kept") {
    return "storage_refused";
  }
  return session.failed.value ? "failed" : CAUSES[errorName(blocked.value)];
}

/** Everything that the page around is told; each error once for as long as it lasts. */
function tellPage(app: FrameApp, page: HostPage): void {
  effect(() => page.say({ type: "unread", count: app.unread.value }));
  let last: Cause | undefined;
  effect(() => {
    const cause = causeOf(app);
    if (cause && cause !== last) {
      const works = app.session.storage.value === "session";
      page.say({ type: "error", cause, ...(works ? { works } : {}) });
    }
    last = cause;
  });
  app.onTraffic(({ direction }) => page.say({ type: "message", direction }));
}

/** What of the document follows the person's language, the shop's look and what is unread. */
function dressDocument(app: FrameApp, root: HTMLElement): void {
  effect(() => {
    root.lang = app.locale.value;
    root.dir = dirOf(app.locale.value);
  });
  effect(() => {
    const { theme, accent } = app.theme.value;
    applyTheme(root, { theme, accent: accent || app.shopAccent.value });
  });
  effect(() => {
    const name = app.session.shop.value?.name || app.t.value("conversation");
    document.title = app.unread.value ? `(${app.unread.value}) ${name}` : name;
  });
  followViewport(root);
}

function makeApp(config: FrameConfig, say: (word: ToPage) => void): FrameApp {
  const engine = openEngine({ ...deviceOptions(config), started: takeStarted() });
  const own_ancestors = "ancestorOrigins" in location ? [...location.ancestorOrigins] : [];
  const ancestors = own_ancestors.length ? own_ancestors : [config.parent];
  const around = window.parent === window ? [] : ancestors;
  return new FrameApp(engine, config, around, fetchPicker, fetchLinker, say);
}

/** In the script, as nothing is drawn before it runs: a request less. */
function addStyle(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(__FRAME_CSS__);
  document.adoptedStyleSheets = [sheet];
}

/** What stands there where the page was opened with nothing to talk to. */
async function sayStartFailed(root: HTMLElement): Promise<void> {
  const locale = pickLocale(navigator.languages);
  document.documentElement.lang = locale;
  document.documentElement.dir = dirOf(locale);
  applyTheme(document.documentElement, { theme: "auto", accent: "" });
  await bringWords(locale);
  root.textContent = translator(locale)("startFailed");
}

function start(root: HTMLElement): void {
  addStyle();
  const config = readConfig(location.hash);
  if (!config) {
    void sayStartFailed(root);
    return;
  }
  const page = new HostPage(config.parent, (word) => app.heard(word));
  const app = makeApp(config, (word) => page.say(word));
  const close = () => page.say({ type: "close" });
  if (app.ownTab) {
    app.open.value = true;
    app.takeFocus();
  } else {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) {
        close();
      }
    });
  }
  // Not in this task: the worker is begun in between, where it was not before. Where no words come
  // nothing is drawn, and the page around says so after a while.
  void bringWords(app.locale.peek()).then(() => {
    dressDocument(app, document.documentElement);
    render(<Frame app={app} onClose={app.ownTab ? undefined : close} />, root);
    page.say({ type: "ready" });
    tellPage(app, page);
    bringTools(app);
  });
  bringRest(app);
}

start(document.getElementById("root") as HTMLElement);
