// The frame and the words that pass: only our own frame is heard, and the target origin is named.
import { make } from "../make.ts";
import type { Settings } from "../settings.ts";
import type { Listen } from "../core.ts";
import { flag } from "./flag.ts";


/** A loaded frame that says nothing for so long is a page of somebody else. */
const SILENCE_MS_MAX = 3000;
const START_MS_MAX = 7000;
const PROBE_MS_MAX = 900;
/** What a frame must know before it is told that it is open. */
const FIRST = ["context", "locale", "theme", "prefill", "offer", "link"];

export type Word = {
  type: string;
  count?: number;
  direction?: string;
  cause?: string;
  works?: boolean;
  id?: string;
};
export type Talk = ReturnType<typeof createTalk>;

/** Whether anything answers there. */
const answers = (url: string): Promise<unknown> =>
  Promise.race([
    fetch(url, { mode: "no-cors" }).then(
      () => 1,
      () => 0,
    ),
    new Promise((resolve) => setTimeout(resolve, PROBE_MS_MAX)),
  ]);

export function frameUrl({ src, shop, relay, lang, accent, theme }: Settings, tab: string): string {
  const fragment = new URLSearchParams({
    shop,
    relay: relay || `${new URL(src).origin.replace("http", "ws")}/ws`,
    lang: lang!,
    parent: location.origin,
    accent: accent || "",
    theme: theme || "",
    wrote: flag()?.wrote ? "1" : "",
    tab,
  });
  return `${new URL(__FRAME_URL__, src)}#${fragment}`;
}

export function createTalk(
  origin: string,
  loader: string,
  listen: Listen,
  heard: (word: Word) => void,
  fail: (cause: string) => void,
) {
  const kept: Record<string, object> = {};
  let violated = "";
  const timers: number[] = [];

  const calm = () => timers.splice(0).forEach(clearTimeout);
  const talk = {
    frame: undefined as HTMLIFrameElement | undefined,
    ready: false,
    /** Makes the frame anew; whoever calls it puts it into the page. */
    start(src: string, title: string): HTMLIFrameElement {
      talk.stop();
      const frame = make("iframe", {
        src,
        title,
        allow: "camera;microphone;display-capture;clipboard-write;autoplay;fullscreen",
      });
      const wait = (ms: number) => timers.push(setTimeout(check, ms));
      frame.dataset.testid = "frame";
      frame.onload = () => talk.ready || wait(SILENCE_MS_MAX);
      wait(START_MS_MAX);
      return (talk.frame = frame);
    },
    /** What is said before the frame listens is said when it does; only the newest of a kind. */
    tell(type: string, fields: object): void {
      kept[type] = fields;
      if (talk.ready) {
        post(type);
      }
    },
    /** The frame is heard no more. */
    stop(): void {
      calm();
      talk.frame = undefined;
      talk.ready = false;
    },
  };
  const post = (type: string) => {
    if (kept[type]) {
      talk.frame!.contentWindow!.postMessage({ ...kept[type], shopbell: 1, type }, origin);
    }
  };
  const check = async () => {
    const silent = talk.frame!;
    calm();
    const [page, host] = await Promise.all([answers(silent.src), answers(loader)]);
    if (silent === talk.frame && !talk.ready) {
      // A page that forbids even asking has let the frame itself in.
      const reached = page || violated;
      fail(!navigator.onLine || !(reached || host) ? "offline" : reached ? "refused" : "blocked");
    }
  };

  listen(document, "securitypolicyviolation", (event) => {
    const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
    if (blockedURI.startsWith(origin)) {
      violated = effectiveDirective;
      if (/^frame/.test(violated) && talk.frame) {
        calm();
        fail("blocked");
      }
    }
  });
  listen(window, "message", (event) => {
    const { origin: from, source, data } = event as MessageEvent<(Word & { shopbell?: 1 }) | null>;
    const { frame } = talk;
    if (frame && from === origin && source === frame.contentWindow && data && data.shopbell) {
      if (data.type === "ready") {
        calm();
        talk.ready = true;
        FIRST.forEach(post);
        delete kept.prefill;
        delete kept.offer;
        delete kept.link;
      }
      heard(data);
    }
  });
  return talk;
}
