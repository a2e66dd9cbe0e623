// The only thing that a shop's page pays for before the first click: a bell in a shadow root. The
// rest, panel/panel.ts, comes when the bell is pressed, and makes the frame of another origin in
// which the conversation lives. Nothing is stored or requested before that.
import { drawBell } from "./bell.ts";
import { FLAG, type Core, type Listen, type Panel } from "./core.ts";
import { settingsOfTag, type Settings } from "./settings.ts";

type Call = [name: string, ...rest: unknown[]];
type Listener = (value?: unknown) => void;
type Methods = Record<string, (...rest: never[]) => unknown>;
type Api = { (...call: Call): Promise<unknown>; q?: Iterable<Call>; loaded?: 1 };

const PANEL_MS_MAX = 7000;
const METHODS =
  "init open close toggle show hide on off setContext prefill unread send setLocale setTheme " +
  "shutdown destroy deviceId identify logout";

const page = window as unknown as { Shopbell?: Api };
const before = page.Shopbell;
const tag = settingsOfTag();

let ears: [event: string, listener: Listener][] = [];
let core: Core | undefined;
let gone: AbortController;
let loading: Promise<Panel> | undefined;
let tries = 0;

const fire = (event: string, value?: unknown) =>
  ears.forEach(([name, listener]) => name === event && listener(value));

/** One line for the developer, nothing private in it. */
function report(cause: string, remedy: string): Error {
  console.warn(`Shopbell: ${cause}; ${remedy}`);
  fire("error", cause);
  return new Error(cause, { cause });
}

/** Whether a conversation has been opened here before, or a link of another device just now. */
function known(): unknown {
  try {
    // "#shopbell=", which the second half reads.
    return /bell=/.test(location.hash) || localStorage[FLAG];
  } catch {
    return 0;
  }
}

/** The second half. A number behind its name, for browsers that keep a failure for ever. */
function load(): Promise<Panel> {
  const { kept, settings } = core!;
  const mine = core!;
  const url = `${new URL(__PANEL_URL__, settings.src)}#${tries++}`;
  let late: number;
  return (loading =
    loading ||
    Promise.race([import(url) as Promise<{ createPanel(core: Core): Panel }>,
      new Promise<never>((_, reject) => (late = setTimeout(reject, PANEL_MS_MAX))),
    ]).finally(() => clearTimeout(late)).then(
      ({ createPanel }) => {
        const panel = createPanel(mine);
        kept.forEach(([name, ...rest]) => panel[name]!(...(rest as never[])));
        return panel;
      },
      (error) => {
        loading = undefined;
        throw error;
      },
    ));
}

function fail(): never {
  core!.note({ onclick: () => run("open", "click") });
  throw report("offline", `${core!.settings.src} does not answer`);
}

/** What can be done here is done here; the rest is the second half's. */
function run(...[name, ...rest]: Call): unknown {
  const result = own[name]?.(...(rest as never[]));
  const opens = /open|toggle|dev/.test(name);
  // These mean nothing where there was no conversation.
  const later = /resume|shut|logo/.test(name);
  if (core && (loading || opens || (later && known()))) {
    const answer = load().then(
      (panel) => (panel[name] ? panel[name](...(rest as never[])) : result),
      opens ? fail : () => result,
    );
    // Nobody has to wait for it.
    answer.catch(() => 0);
    return answer;
  }
  if (!later && !own[name]) {
    core?.kept.push([name, ...rest]);
  }
  return result;
}

const press = () => (loading || !core!.note()) && run("toggle", "click");

function begin(settings: Settings): void {
  const lang = () => settings.lang || document.documentElement.lang || navigator.language;
  const bell = drawBell(settings, lang);
  const { host, bubble } = bell;
  // A frame that is put in again is loaded anew; it says so, and is told everything again.
  const attach = () => host.isConnected || document.documentElement.append(host);
  const observer = new MutationObserver(attach);
  const { signal } = (gone = new AbortController());
  const listen: Listen = (target, type, listener) =>
    target.addEventListener(type, listener, { signal, capture: true });
  const resume = () =>
    // A page in which nothing moves may give no idle moment for many seconds.
    (window.requestIdleCallback || setTimeout)(() => signal.aborted || run("resume"), {
      timeout: 2e3,
    } as IdleRequestOptions & number);

  core = { ...bell, settings, lang, report, fire, listen, kept: [] };
  loading = undefined;
  run("look", {});
  run("show");
  attach();
  observer.observe(document.documentElement, { childList: true });
  signal.onabort = () => observer.disconnect();
  bubble.onpointerdown = () => load().catch(() => 0);
  bubble.onclick = press;
  host.onkeydown = ({ key }) => {
    if (key === "Escape") {
      run("close");
    }
  };
  listen(document, "click", (event) => {
    const { launcher } = settings;
    if (launcher && (event.target as Element).closest(launcher)) {
      event.preventDefault();
      press();
    }
  });
  if (document.readyState === "complete") {
    resume();
  } else {
    listen(window, "load", resume);
  }
}

const own: Methods = {
  /** Again with the same shop it only changes the look. */
  init(given?: Partial<Settings>) {
    const settings = { ...tag, ...given } as Settings;
    if (!/^[\w-]{43}$/.test(settings.shop) || !settings.src) {
      throw report("shop", "no data-shop");
    }
    if (core?.settings.shop === settings.shop) {
      run("look", given || {});
    } else {
      run("destroy");
      begin(settings);
    }
  },
  on(event: string, listener: Listener) {
    ears.push([event, listener]);
  },
  off(event: string, listener?: Listener) {
    ears = ears.filter(([name, each]) => name !== event || (listener && each !== listener));
  },
  look(given: Partial<Settings>) {
    Object.assign(core!.settings, given);
    core!.dress();
    core!.name("");
  },
  setLocale: (lang: string) => run("look", { lang }),
  setTheme: (theme: string, accent = core!.settings.accent) => run("look", { theme, accent }),
  show() {
    core!.bubble.hidden = !!core!.settings.launcher;
  },
  hide() {
    core!.bubble.hidden = true;
  },
  unread: () => 0,
  close: () => core!.note(),
  destroy() {
    if (core) {
      const panel = loading;
      gone.abort();
      core.host.remove();
      core = loading = undefined;
      ears = [];
      return panel?.then(({ destroy }) => destroy!());
    }
    return undefined;
  },
};

if (before?.loaded) {
  // A second tag, or the same one in another body.
  if (tag.shop) {
    before("init", tag);
  }
} else {
  const api: Api = (...[name, ...rest]: Call) => {
    const result = new Promise((resolve) => {
      if (!METHODS.split(" ").includes(name)) {
        throw report("method", `${name} is none of ${METHODS}`);
      }
      if (!core && !/^(i|on|of|d)/.test(name)) {
        throw report("init", "call init");
      }
      resolve(run(name, ...rest));
    });
    // Nobody has to wait for it.
    result.catch(() => 0);
    return result;
  };
  api.loaded = 1;
  page.Shopbell = api;
  // Who has made a queue will call init; others may do so as soon as the script is there.
  if (tag.shop) {
    api("init");
  } else if (!before) {
    setTimeout(() => core || api("init"));
  }
  [...(before?.q || [])].forEach((each) => api(...each));
}
