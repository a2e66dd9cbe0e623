// Wiring of the conversation's frame: its configuration, the device in its worker, the page around.
import { effect } from "@preact/signals";
import { render } from "preact";
import { openEngine } from "../../web/engine/src/client.ts";
import { dirOf, pickLocale, translator } from "../../web/ui/i18n/index.ts";
import { applyTheme } from "../../web/ui/src/theme.ts";
import { FrameApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { HostPage } from "./host_page.ts";
import { Frame } from "./view.tsx";

declare const __WORKER_URL__: string;
declare const __WASM_URL__: string;

const asset = (path: string): URL => new URL(`../${path}`, location.href);

function start(root: HTMLElement): void {
  const config = readConfig(location.hash);
  const locale = pickLocale([config?.lang, ...navigator.languages]);
  const t = translator(locale);
  document.documentElement.lang = locale;
  document.documentElement.dir = dirOf(locale);
  applyTheme(document.documentElement, { theme: "auto", accent: "" });
  document.title = t("conversation");
  if (!config) {
    root.textContent = t("startFailed");
    return;
  }
  const engine = openEngine({
    app: "widget",
    shop: config.shop,
    relayUrl: config.relayUrl,
    workerUrl: asset(__WORKER_URL__),
    wasmUrl: asset(__WASM_URL__),
  });
  const own_ancestors = "ancestorOrigins" in location ? [...location.ancestorOrigins] : [];
  const ancestors = own_ancestors.length ? own_ancestors : [config.parent];
  const app = new FrameApp(engine, locale, ancestors);
  const page = new HostPage(config.parent, (word) => app.heard(word));
  const close = () => page.say({ type: "close" });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) {
      close();
    }
  });
  effect(() => {
    const count = app.open.value && app.visible.value ? 0 : app.conversation.value.unread;
    page.say({ type: "unread", count });
  });
  render(<Frame app={app} onClose={close} />, root);
  page.say({ type: "ready" });
}

start(document.getElementById("root") as HTMLElement);
