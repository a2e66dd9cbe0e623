// The only thing that a shop's page pays for before the first click: a bell in a shadow root. The
// conversation lives in a frame of another origin; this file draws, makes the frame on the first
// open, and passes on a few words. It stores nothing and requests nothing before that.
type Listener = (value?: unknown) => void;
type Call = [string, ...unknown[]];
declare const __FRAME_URL__: string;
type Api = { (...call: Call): void; q?: ArrayLike<unknown>[]; on?: 1 };

const STYLE = `
:host{all:initial!important}
[hidden]{display:none!important}
button,div{position:fixed;right:20px;z-index:2147483000}
button{z-index:2147483001;box-sizing:border-box;bottom:20px;width:56px;height:56px;padding:15px;
border:0;border-radius:50%;
background:#0f6b66;color:#fff;cursor:pointer;box-shadow:0 4px 16px #0a28243d}
button:focus-visible{outline:2px solid #0f6b66;outline-offset:2px}
svg{display:block;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;
stroke-linejoin:round}
b{position:absolute;top:-4px;right:-4px;min-width:10px;padding:0 5px;border-radius:10px;
background:#b3261e;font:600 12px/20px system-ui,sans-serif}
div{bottom:88px;width:384px;height:min(680px,100vh - 104px);max-width:calc(100vw - 40px);
border-radius:18px;overflow:hidden;background:#fff;box-shadow:0 8px 40px #0a28243d;
transform-origin:100% 100%;animation:a .16s ease-out}
iframe{display:block;width:100%;height:100%;border:0}
@keyframes a{from{opacity:0;transform:scale(.96)}}
@media(max-width:480px),(max-height:420px){
div{inset:0;width:auto;height:auto;max-width:none;border-radius:0}}
div.e{inset:auto 20px 88px auto;width:auto;height:auto;padding:16px;border-radius:18px;
color:#a4211b;font:15px/22px system-ui,sans-serif}
@media(prefers-color-scheme:dark){div{background:#161b1a}div.e{color:#ff9d94}}
@media(prefers-reduced-motion:reduce){div{animation:none}}
@media print{:host{display:none!important}}`;

((win: Window & { Shopbell?: Api }, doc: Document) => {
  const before = win.Shopbell;
  if (before && before.on) {
    return;
  }
  // As a module, or put in by a tag manager, it is nobody's current script.
  const tag = [doc.currentScript, doc.querySelector("script[data-shop][src*='shopbell.js']")].find(
    (each) => each && (each as HTMLScriptElement).src,
  ) as HTMLScriptElement | undefined;
  const { shop, relay, lang } = tag ? tag.dataset : ({} as DOMStringMap);
  if (!tag || !/^[\w-]{43}$/.test(shop || "")) {
    console.error("Shopbell: give the script tag of shopbell.js data-shop=\"(the shop's id)\"");
    return;
  }
  const zh = /^zh/i.test(lang || doc.documentElement.lang || navigator.language);
  const src = new URL(tag.src);
  const origin = src.origin;
  const listeners: Record<string, Listener[]> = {};
  let opened = false;
  let frame: HTMLIFrameElement | undefined;
  let ready = false;

  const make = <K extends keyof HTMLElementTagNameMap>(name: K, attributes: object) =>
    Object.assign(doc.createElement(name), attributes);
  const host = make("div", { id: "shopbell" });
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const bubble = make("button", { type: "button" });
  const svg = (name: string, attributes: Record<string, string>) => {
    const node = doc.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) {
      node.setAttribute(key, attributes[key]);
    }
    return node;
  };
  const bell = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  bell.append(svg("path", { d: "M3.5 18.5h17M5 15.5a7 7 0 0 1 14 0zM12 8.5V6m-2 0h4" }));
  const badge = make("b", { hidden: true });
  badge.dataset.testid = "unread";
  bubble.dataset.testid = "bubble";
  bubble.append(bell, badge);
  const panel = make("div", { hidden: true });
  panel.dataset.testid = "panel";
  root.append(bubble, panel);

  const fire = (name: string, value?: unknown) =>
    (listeners[name] || []).forEach((listener) => listener(value));
  const label = (unread: number) => {
    const name = zh ? "\u6d88\u606f" : "Message us";
    const more = zh ? `\uff0c${unread} \u6761\u672a\u8bfb` : `, ${unread} unread`;
    bubble.title = name;
    bubble.setAttribute("aria-label", unread ? name + more : name);
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? "99+" : `${unread}`;
  };
  const fail = () => {
    if (frame && !ready) {
      frame = undefined;
      panel.className = "e";
      panel.setAttribute("role", "alert");
      panel.textContent = zh
        ? "\u6682\u65f6\u65e0\u6cd5\u6253\u5f00\uff0c" +
          "\u8bf7\u68c0\u67e5\u7f51\u7edc\u540e\u518d\u8bd5\u3002"
        : "This cannot be opened right now. Check the network and try again.";
    }
  };
  const post = (type: string) => {
    if (ready) {
      const page = { url: location.href, title: doc.title };
      frame!.contentWindow!.postMessage({ shopbell: 1, type, page }, origin);
    }
  };
  const show = (open: boolean) => {
    if (open === opened) {
      return;
    }
    opened = open;
    if (open && !frame) {
      const fragment = new URLSearchParams({
        shop: shop!,
        relay: relay || `${origin.replace("http", "ws")}/ws`,
        lang: lang || doc.documentElement.lang,
        parent: location.origin,
      });
      frame = make("iframe", {
        src: `${new URL(__FRAME_URL__, src)}#${fragment}`,
        title: zh ? "\u4e0e\u5546\u5bb6\u5bf9\u8bdd" : "Conversation with the shop",
        allow: "camera;microphone;display-capture;clipboard-write;autoplay;fullscreen",
      });
      frame.dataset.testid = "frame";
      // An error page of the browser is loaded too, but says nothing.
      const made = frame;
      const check = () => setTimeout(() => made === frame && fail(), 3000);
      frame.addEventListener("load", check);
      panel.className = "";
      panel.removeAttribute("role");
      panel.replaceChildren(frame);
    }
    panel.hidden = !open;
    bubble.setAttribute("aria-expanded", `${open}`);
    if (open) {
      frame!.focus();
    } else {
      bubble.focus();
    }
    post(open ? "open" : "close");
    fire(open ? "open" : "close");
  };

  win.addEventListener("message", ({ origin: from, source, data }) => {
    if (!frame || from !== origin || source !== frame.contentWindow || !data || !data.shopbell) {
      return;
    }
    if (data.type === "ready") {
      ready = true;
      // Until now the bell stood above, so that a phone was never without a way out.
      panel.style.zIndex = "2147483001";
      post(opened ? "open" : "close");
      fire("ready");
    } else if (data.type === "close") {
      show(false);
    } else if (data.type === "unread") {
      label(+data.count || 0);
      fire("unread", +data.count || 0);
    }
  });
  bubble.addEventListener("click", () => show(!opened));
  host.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      show(false);
    }
  });

  const api: Api = (...[name, ...rest]: Call) => {
    if (name === "open" || name === "close") {
      show(name === "open");
    } else if (name === "on") {
      (listeners[rest[0] as string] = listeners[rest[0] as string] || []).push(rest[1] as Listener);
    }
  };
  api.on = 1;
  win.Shopbell = api;
  const start = () => {
    label(0);
    bubble.setAttribute("aria-expanded", "false");
    doc.body.append(host);
    Array.from((before && before.q) || []).forEach((call) => api(...(Array.from(call) as Call)));
  };
  if (doc.body) {
    start();
  } else {
    doc.addEventListener("DOMContentLoaded", start);
  }
})(window, document);

export {};
