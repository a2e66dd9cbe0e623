// The loader's second half, had when the bell is pressed, or on later pages when they are idle: the
// panel with the frame, the words that pass, and what is said where there can be no conversation.
import { FLAG, type Core, type Note, type Panel } from "../core.ts";
import { make } from "../make.ts";
import type { Settings } from "../settings.ts";
import { wordsOf } from "./i18n/words.ts";
import { backCloses, fitPanel, onPhone, scrollLock } from "./phone.ts";
import { flag, forget, keep } from "./flag.ts";
import type { Login, Logins } from "./login.ts";
import { createTalk, frameUrl, type Word } from "./talk.ts";
import { countInTitle, plainTitle } from "./title.ts";


/** For the developer, who finds the cause by its name in docs/EMBED.md too. */
function remedyFor(cause: string, origin: string): string {
  const remedies: Record<string, string> = {
    blocked: `allow ${origin} in frame-src, and look for a content blocker`,
    refused: `add ${location.origin} to the shop's domains`,
    offline: `${origin} does not answer`,
    browser: "this browser is too old",
    insecure: "serve this page over https",
    card: "a product or an order as in docs/EMBED.md, within its limits",
    storage_refused: "the browser keeps nothing for the frame; serve it from the shop's own domain",
  };
  return remedies[cause] || "see docs/EMBED.md";
}

function addStyle(root: Node & ParentNode, css: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    (root as ShadowRoot).adoptedStyleSheets = [...(root as ShadowRoot).adoptedStyleSheets, sheet];
  } catch {
    root.append(make("style", { textContent: css }));
  }
}

/** Time for the frame to put its things away. */
const FAREWELL_MS = 1000;
/** In place of the bell while the panel is open. */
const DOWN = "M6 9.5l6 6 6-6";

class Widget {
  private readonly panel = make("div", { className: "p", hidden: true });
  private readonly badge = make("b", {});
  private readonly bell: string;
  private readonly origin: string;
  private readonly talk;
  private readonly lock = scrollLock();
  private readonly back;
  private login: Login | undefined;
  private coming: Promise<Login> | undefined;
  /** What the frame said of its device, for a login that comes later. */
  private device: Word | undefined;
  /** The page names its people. */
  private identifies = false;
  private opened = false;
  /** Opened by itself: it does not take the focus. */
  private quiet = false;
  private cause = "";
  /** The browser keeps nothing for the frame, and the person has not said yet whether to go on. */
  private unkept = false;
  private unread = 0;
  private started: Promise<void> | undefined;
  private settle: [resolve: () => void, reject: (error: Error) => void] = [() => 0, () => 0];

  constructor(private readonly core: Core) {
    const { settings, listen, root } = core;
    this.origin = new URL(settings.src).origin;
    this.bell = core.bubble.querySelector("path")!.getAttribute("d")!;
    this.panel.dataset["testid"] = "panel";
    this.badge.dataset["testid"] = "unread";
    core.bubble.append(this.badge);
    root.append(this.panel);
    addStyle(root, __PANEL_CSS__);
    this.back = backCloses(listen, () => this.show(false));
    this.talk = createTalk(
      this.origin,
      settings.src,
      listen,
      (word) => this.heard(word),
      (cause) => this.fail(cause),
    );
    fitPanel(this.panel, listen);
    // The person goes from the page into the frame: the last moment to say which page it is.
    listen(window, "blur", ({ target }) => {
      if (target === window && this.opened) {
        this.tell_page("page");
      }
    });
  }

  draw(): void {
    const { opened, cause, unread, unkept, core } = this;
    const instead = cause || unkept;
    const count = unread > 99 ? "99+" : unread ? `${unread}` : "";
    core.name(count && wordsOf(core.lang()).unread.replace("#", count));
    core.bubble.setAttribute("aria-expanded", `${opened}`);
    core.bubble.querySelector("path")!.setAttribute("d", opened ? DOWN : this.bell);
    this.badge.hidden = !count;
    this.badge.textContent = count;
    this.panel.hidden = !opened || !!instead;
    this.panel.classList.toggle("r", this.talk.ready);
    this.panel.classList.toggle("l", core.settings.position === "left");
    countInTitle(count);
    this.lock(opened && !instead);
    core.note(opened && instead ? this.note() : undefined);
    if (opened && !cause && unkept) {
      this.offer_this_visit();
    }
  }

  /** The conversation works, for as long as the page is open: that is the person's to decide. */
  private offer_this_visit(): void {
    const { core } = this;
    const onclick = () => {
      this.unkept = false;
      this.draw();
      this.focus();
      this.tell_page("open");
    };
    const textContent = wordsOf(core.lang()).thisVisit;
    const button = make("button", { className: "w", textContent, onclick });
    button.dataset["testid"] = "this-visit";
    core.root.querySelector(".n .k")!.after(button);
  }

  private note(): Note {
    const { cause, core } = this;
    const words = wordsOf(core.lang());
    if (cause === "insecure") {
      const href = this.frame_url("1");
      return { sentence: words.insecure, textContent: words.ownTab, href, target: "_blank" };
    }
    const onclick = () => {
      this.start();
      this.draw();
      this.focus();
    };
    const sentences: Record<string, string | undefined> = {
      browser: words.browser,
      offline: undefined,
      "": words.unkept,
    };
    return { sentence: cause in sentences ? sentences[cause] : words.refused, onclick };
  }

  private frame_url(tab: string): string {
    const { settings, lang } = this.core;
    return frameUrl({ ...settings, lang: lang() }, tab);
  }

  private focus(): void {
    if (!this.cause && !this.unkept) {
      this.talk.frame!.focus();
    }
  }

  private tell_page(type: string): void {
    const page = { url: location.href, title: plainTitle() };
    this.talk.tell(type, { page, quiet: this.quiet, identifies: this.identifies });
  }

  private fail(cause: string): void {
    const { core } = this;
    this.cause = cause;
    this.draw();
    this.settle[1](core.report(cause, remedyFor(cause, this.origin)));
  }

  private heard(word: Word): void {
    const { core, talk } = this;
    const { type, count, direction, cause } = word;
    if (type === "device") {
      this.device = word;
    }
    this.login?.heard(word);
    if (type === "gone") {
      this.begin_anew();
    } else if (type === "ready") {
      this.cause = "";
      this.draw();
      this.tell_page(this.opened ? "open" : "close");
      this.settle[0]();
      core.fire(type);
    } else if (type === "close") {
      this.show(false);
    } else if (type === "unread") {
      this.unread = +count! || 0;
      this.draw();
      core.fire(type, this.unread);
    } else if (type === "message") {
      if (direction === "out") {
        keep({ wrote: true });
      }
      core.fire(type, direction);
    } else if (type === "error") {
      if (talk.ready) {
        core.report(cause!, remedyFor(cause!, this.origin));
        this.unkept ||= !!word.works;
        this.draw();
      } else {
        this.fail(cause!);
      }
    }
  }

  /** Whoever was here has left, in this tab or in another; the next one finds nothing of his. */
  private begin_anew(): void {
    const left = this.login?.left;
    forget();
    this.unread = 0;
    this.device = undefined;
    this.talk.stop();
    this.panel.replaceChildren();
    this.identifies = this.identifies && !left;
    if (left && this.opened) {
      this.show(false);
      forget();
    } else if (this.opened || this.identifies) {
      this.start();
    }
    this.draw();
    this.login?.begin();
  }

  /** Only pages with people who log in fetch what is needed for it. */
  private logins(): Promise<Login> {
    const { core, origin } = this;
    const url = `${new URL(__LOGIN_URL__, core.settings.src)}`;
    return (this.coming ||= (import(url) as Promise<Logins>).then(
      ({ createLogin }) =>
        (this.login = createLogin(core, this.talk, () => this.show(true), this.device)),
      () => {
        this.coming = undefined;
        throw core.report("offline", remedyFor("offline", origin));
      },
    ));
  }

  /** The frame, made where there is none; hidden where the panel is closed. */
  private running(): Promise<void> {
    if (this.cause || !this.talk.frame) {
      this.start();
      this.draw();
    }
    return this.started!;
  }

  private start(): void {
    this.cause = "";
    this.unkept = false;
    this.started = new Promise((...both) => {
      this.settle = both;
    });
    this.started.catch(() => 0);
    if (!window.WebAssembly || !document.adoptedStyleSheets) {
      this.fail("browser");
    } else if (!isSecureContext) {
      this.fail("insecure");
    } else {
      const title = wordsOf(this.core.lang()).conversation;
      this.panel.replaceChildren(this.talk.start(this.frame_url(""), title));
    }
  }

  show(open: boolean, by?: string): Promise<void> | undefined {
    const { core } = this;
    if (open && (this.cause || !this.talk.frame)) {
      this.start();
    }
    if (open !== this.opened) {
      const inside = document.activeElement === core.host;
      this.opened = open;
      this.quiet = by === "itself";
      this.draw();
      keep({ isOpen: open });
      if (!open && inside) {
        const own = core.settings.launcher && document.querySelector(core.settings.launcher);
        ((own as HTMLElement | null) || core.bubble).focus();
      } else if (open && !this.quiet) {
        this.focus();
      }
      if (!open || (by === "click" && onPhone())) {
        this.back(open);
      }
      this.tell_page(open ? "open" : "close");
      core.fire(open ? "open" : "close");
    }
    return open ? this.started : undefined;
  }

  /** Of an earlier page: on phones it never opens by itself. A link of another device does. */
  resume(): void {
    const [, link] = location.hash.split(`#${FLAG}=`);
    if (link) {
      // It stays in no address, no history, no figures of the page.
      history.replaceState(history.state, "", location.pathname + location.search);
      this.talk.tell("link", { link });
      void this.show(true);
    }
    // After what was pressed while this file came: who sees a closed bell wants to open it.
    setTimeout(() => {
      if (this.core.host.isConnected && !this.talk.frame) {
        this.start();
        if (flag()?.isOpen && !onPhone()) {
          this.show(true, "itself");
        }
      }
    });
  }

  look(given: Partial<Settings>): void {
    const { lang, theme, accent } = given;
    this.draw();
    if (lang) {
      this.talk.tell("locale", { lang });
    }
    if (theme || accent) {
      const { settings } = this.core;
      this.talk.tell("theme", { theme: settings.theme, accent: settings.accent });
    }
  }

  shutdown(): void {
    const { frame } = this.talk;
    this.show(false);
    this.talk.tell("shutdown", {});
    this.talk.stop();
    if (frame) {
      setTimeout(() => frame.remove(), FAREWELL_MS);
    }
    this.unread = 0;
    this.draw();
    forget();
  }

  destroy(): void {
    this.talk.stop();
    this.lock(false);
    countInTitle("");
  }

  methods(): Panel {
    const { talk } = this;
    return {
      open: (by?: string) => this.show(true, by),
      close: () => this.show(false),
      toggle: (by?: string) => this.show(!this.opened, by),
      hide: () => this.show(false),
      resume: () => this.resume(),
      look: (given: Partial<Settings>) => this.look(given),
      // What is no plain data (a framework's proxy) could not be posted as it is.
      setContext: (context?: object) =>
        talk.tell("context", { context: JSON.parse(JSON.stringify(context || {})) }),
      prefill: (text: unknown) => talk.tell("prefill", { text: `${text}` }),
      send: (card?: object) => talk.tell("offer", { card: JSON.parse(JSON.stringify(card || {})) }),
      unread: () => this.unread,
      identify: (given: unknown) => {
        this.identifies = true;
        this.tell_page(this.opened ? "open" : "close");
        return this.logins().then((login) => login.identify(given));
      },
      deviceId: () => this.running().then(() => this.logins()).then((login) => login.device()),
      logout: () => this.running().then(() => this.logins()).then((login) => login.logout()),
      shutdown: () => this.shutdown(),
      destroy: () => this.destroy(),
    };
  }
}

export const createPanel = (core: Core): Panel => new Widget(core).methods();
