// Wiring of the agents' workplace.
import { effect } from "@preact/signals";
import { render } from "preact";
import { openEngine } from "../engine/src/client.ts";
import { dirOf, pickLocale, type Locale } from "../ui/i18n/index.ts";
import { applyTheme } from "../ui/src/theme.ts";
import { ConsoleApp } from "./app.ts";
import { keepConfig, readEntry } from "./config.ts";
import { sayIn } from "./i18n/index.ts";
import { listenToKeys } from "./keys.ts";
import { Console } from "./view.tsx";

declare const __WORKER_URL__: string;
declare const __WASM_URL__: string;

const address = location.pathname + location.search;
const asset = (path: string): URL => new URL(`../${path}`, location.href);

function speak(locale: Locale): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = dirOf(locale);
}

function start(root: HTMLElement): void {
  const entry = readEntry(location.hash, localStorage);
  history.replaceState(null, "", address);
  if (!entry.config) {
    const locale = pickLocale(navigator.languages);
    const t = sayIn(locale);
    speak(locale);
    applyTheme(document.documentElement, { theme: "auto", accent: "" });
    document.title = t("consoleTitle");
    render(<Console app={undefined} t={t} />, root);
    return;
  }
  const keep = (config: Parameters<typeof keepConfig>[1]) => keepConfig(localStorage, config);
  keep(entry.config);
  const engine = openEngine({
    app: "console",
    shop: entry.config.shop,
    relayUrl: entry.config.relayUrl,
    workerUrl: asset(__WORKER_URL__),
    wasmUrl: asset(__WASM_URL__),
  });
  const app = new ConsoleApp(engine, entry.config, entry.invitation, entry.log, keep);
  listenToKeys(app);
  effect(() => speak(app.locale.value));
  effect(() => {
    applyTheme(document.documentElement, { theme: app.settings.now.value.theme, accent: "" });
  });
  effect(() => {
    const log = app.talks.shown.value;
    history.replaceState(null, "", log ? `${address}#log=${log}` : address);
  });
  effect(() => {
    const title = app.t("consoleTitle");
    document.title = app.waiting ? `(${app.waiting}) ${title}` : title;
  });
  render(<Console app={app} t={app.t} />, root);
}

start(document.getElementById("root") as HTMLElement);
