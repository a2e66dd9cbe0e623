// Pictures, films and files: what stands above the composer, what a message shows, and what is seen
// in large. Fetched with the first of them, by frame and console alike.
import { render, type ComponentChild } from "preact";
import { blobsUrl, openMedia as openFiles, type Media } from "../../../engine/src/media_client.ts";
import { ContentKind } from "../../../engine/src/gen/wire.ts";
import { toHex } from "../../../engine/src/text.ts";
import { mediaIn, type MediaKey, type Tell } from "../../i18n/media/index.ts";
import type { Item } from "../conversation.ts";
import { Bubble } from "./bubbles.tsx";
import { Editor } from "./editor.tsx";
import { Gallery, seenIn } from "./gallery.tsx";
import type { MediaHost, MediaParts, OpenMedia } from "./host.ts";
import { Lightbox } from "./lightbox.tsx";
import { sizeWords } from "./names.ts";
import { OutgoingFiles, type Outgoing } from "./outgoing.ts";
import { record, RecordingTrouble, type Recording, type Trouble } from "./recorder.ts";
import { Sources, type Source } from "./sources.tsx";
import { Store, toldOf, type Told } from "./store.ts";
import { Tray } from "./tray.tsx";
import { CANCEL_PX, VoiceLine } from "./voice.tsx";

const sheet = new CSSStyleSheet();
sheet.replaceSync(__MEDIA_CSS__);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

const CHUNK_BYTES = 65_536;
const SEAL_BYTES = 40;

/** What the relay is asked to keep of a file so large. */
const sealedBytes = (bytes: number): number =>
  bytes + (Math.floor(bytes / CHUNK_BYTES) + 1) * SEAL_BYTES;

/** A press that is this long holds; a shorter one is a tap. */
const HOLD_MS = 400;

const TROUBLES: Readonly<Record<Trouble, MediaKey>> = {
  blocked: "micBlocked",
  none: "micNone",
  busy: "micBusy",
  cannot: "micCannot",
};

type Spoken = {
  readonly log: string;
  readonly recording: Recording;
  readonly held: boolean;
  readonly slid: number;
};

type InputSettings = { readonly multiple: boolean; readonly accept: string };

/** Asks the browser for files once it is pressed; it goes by itself. */
function fileInput(settings: InputSettings, done: (files: readonly File[]) => void) {
  const input = Object.assign(document.createElement("input"), settings);
  input.type = "file";
  input.hidden = true;
  input.addEventListener("change", () => {
    input.remove();
    done([...(input.files ?? [])]);
  });
  input.addEventListener("cancel", () => input.remove());
  // Some browsers forget one that stands nowhere.
  document.body.append(input);
  return input;
}

class Parts implements MediaParts {
  private readonly trays = new Map<HTMLElement, string>();
  /** Above the composer of a log: what could not be taken, and whether it is asked where from. */
  private readonly refused = new Map<string, string>();
  private asks: { log: string; button: HTMLElement } | undefined;
  private spoken: Spoken | undefined;
  /** What stands over all else, to be drawn anew. */
  private readonly overlays = new Set<() => void>();
  /** Files that were taken back, by the id of their blob. */
  private gone: ReadonlySet<string> = new Set();
  private listens = false;
  private files: Media | undefined;
  private readonly store = new Store(() => this.media());
  private readonly outgoing: OutgoingFiles;

  constructor(private readonly host: MediaHost) {
    this.outgoing = new OutgoingFiles(
      host,
      () => this.media(),
      this.store,
      (out) => this.fallbackOf(out),
      () => this.redraw(),
    );
    void this.outgoing.goOn().catch(() => undefined);
  }

  private get t(): Tell {
    return mediaIn(this.host.locale());
  }

  private media(): Media {
    const { host } = this;
    this.files ??= openFiles({
      app: host.app,
      shop: host.shop,
      blobs: blobsUrl(host.relayUrl),
      workerUrl: host.asset(__MEDIA_URL__),
      wasmUrl: host.asset(__BLOB_WASM_URL__),
      // It lies where the page lies, of either app.
      ...(__PLAY_URL__ && { playUrl: __PLAY_URL__ }),
      playUrl: __PLAY_URL__,
      token: () => host.token(),
      reconnect: () => host.reconnect(),
    });
    return this.files;
  }

  /** What is read where the kind is not known, in lists and in notices. */
  private fallbackOf({ kind, name, caption }: Outgoing): string {
    const { t } = this;
    switch (kind) {
      case ContentKind.IMAGE:
        return caption ? t("pictureOf", { text: caption }) : t("picture");
      case ContentKind.VIDEO:
        return caption ? t("videoOf", { text: caption }) : t("video");
      case ContentKind.VOICE:
        return t("voice");
      default:
        return t("fileOf", { name });
    }
  }

  tray(place: HTMLElement, log: string): () => void {
    this.trays.set(place, log);
    this.redraw();
    return () => {
      this.trays.delete(place);
      render(null, place);
    };
  }

  private redraw(): void {
    const { t, host, outgoing, asks, spoken } = this;
    for (const [place, log] of this.trays) {
      render(
        <>
          {asks?.log === log && (
            <Sources t={t} onChoose={(source) => this.chosen(source)} />
          )}
          {spoken?.log === log && (
            <VoiceLine
              t={t}
              {...spoken}
              onSend={() => void this.speak_out()}
              onCancel={() => this.hush()}
            />
          )}
          <Tray
            t={t}
            locale={host.locale()}
            files={outgoing.of(log)}
            outgoing={outgoing}
            refused={this.refused.get(log) ?? ""}
            onPickAgain={(out) => this.pick_again(out)}
            onEdit={(out) => this.edit(out)}
            onEmpty={() => host.focus()}
          />
        </>,
        place,
      );
    }
  }

  add(log: string, files: readonly File[]): void {
    const { t, host } = this;
    const max = host.bytesMax();
    const fits = files.filter(({ size }) => sealedBytes(size) <= max);
    const large = files.find((file) => !fits.includes(file));
    const words = { name: large?.name ?? "", max: sizeWords(host.locale(), max) };
    const left_out = this.outgoing.add(log, fits);
    this.refused.set(
      log,
      large ? t("tooLarge", words) : left_out ? t("tooMany", { n: fits.length - left_out }) : "",
    );
    this.redraw();
    host.focus();
  }

  pick(log: string, button: HTMLElement): void {
    if (this.asks) {
      this.chosen(undefined);
    } else if (window.matchMedia("(pointer: coarse)").matches) {
      this.asks = { log, button };
      this.redraw();
    } else {
      this.ask_browser(log, {});
    }
  }

  private chosen(source: Source | undefined): void {
    const { log, button } = this.asks ?? {};
    this.asks = undefined;
    this.redraw();
    button?.focus();
    if (source && log !== undefined) {
      this.ask_browser(log, source);
    }
  }

  private ask_browser(log: string, { accept, capture }: Source): void {
    const settings = { multiple: !capture, accept: accept ?? "" };
    const input = fileInput(settings, (files) => this.add(log, files));
    if (capture) {
      input.setAttribute("capture", "environment");
    }
    input.click();
  }

  /** The very file that a former page began to send. */
  private pick_again({ ref }: Outgoing): void {
    const taken = ([file]: readonly File[]) => file && void this.outgoing.goOnWith(ref, file);
    fileInput({ multiple: false, accept: "" }, taken).click();
  }

  async voice(log: string, hold: PointerEvent | undefined): Promise<void> {
    if (this.listens || this.spoken) {
      return;
    }
    this.listens = true;
    this.refused.delete(log);
    // The finger may have left before the browser has asked and was answered.
    let down = hold !== undefined;
    const let_go = () => (down = false);
    window.addEventListener("pointerup", let_go, { once: true });
    window.addEventListener("pointercancel", let_go, { once: true });
    try {
      const recording = await record();
      this.spoken = { log, recording, held: down, slid: 0 };
      if (down && hold) {
        this.hold(hold.clientX);
      }
    } catch (error) {
      const trouble = error instanceof RecordingTrouble ? error.trouble : "cannot";
      this.refused.set(log, this.t(TROUBLES[trouble]));
    }
    this.listens = false;
    this.redraw();
  }

  /** As long as the finger stays; sent when it leaves, thrown away where it slid to the side. */
  private hold(from_x: number): void {
    const begun = performance.now();
    const side = document.documentElement.dir === "rtl" ? -1 : 1;
    const ends = new AbortController();
    const { signal } = ends;
    const move = ({ clientX }: PointerEvent) => {
      if (this.spoken) {
        this.spoken = { ...this.spoken, slid: (from_x - clientX) * side };
        this.redraw();
      }
    };
    const leave = () => {
      ends.abort();
      if (!this.spoken) {
        return;
      }
      if (this.spoken.slid > CANCEL_PX) {
        this.hush();
      } else if (performance.now() - begun > HOLD_MS) {
        void this.speak_out();
      } else {
        this.spoken = { ...this.spoken, held: false };
        this.redraw();
      }
    };
    window.addEventListener("pointermove", move, { signal });
    window.addEventListener("pointerup", leave, { signal });
    window.addEventListener("pointercancel", leave, { signal });
  }

  private async speak_out(): Promise<void> {
    const { log, recording } = this.spoken ?? {};
    this.spoken = undefined;
    if (recording && log !== undefined) {
      const recorded = await recording.stop();
      const ending = recorded.blob.type.split("/")[1] ?? "";
      this.outgoing.addVoice(log, recorded, `voice.${ending || "webm"}`);
    }
    this.redraw();
    this.host.focus();
  }

  private hush(): void {
    this.spoken?.recording.cancel();
    this.spoken = undefined;
    this.redraw();
    this.host.focus();
  }

  send(log: string, words: string): void {
    this.refused.delete(log);
    this.outgoing.send(log, words);
  }

  moved(from: string, to: string): void {
    this.outgoing.moved(from, to);
  }

  draw(place: HTMLElement, item: Item): void {
    const told = toldOf(item);
    if (told) {
      const open = () => this.open(told, place);
      const { t, store, host } = this;
      render(
        <Bubble t={t} locale={host.locale()} told={told} store={store} onOpen={open} />,
        place,
      );
    }
  }

  recalled(item: Item, own: boolean): void {
    const told = toldOf(item);
    const id = told ? toHex(told.blob.id) : "";
    if (!told || this.gone.has(id)) {
      return;
    }
    this.gone = new Set(this.gone).add(id);
    this.store.drop(told.blob);
    this.overlays.forEach((draw) => draw());
    if (own) {
      this.media().remove(told.blob);
    }
  }

  /** Over all else, until it is closed. */
  private over(draw: (close: () => void) => ComponentChild): void {
    const place = document.createElement("div");
    const close = () => {
      this.overlays.delete(again);
      render(null, place);
      place.remove();
    };
    const again = () => render(draw(close), place);
    this.overlays.add(again);
    document.body.append(place);
    again();
  }

  undraw(place: HTMLElement): void {
    render(null, place);
  }

  private edit({ ref, url, file }: Outgoing): void {
    const type = file?.type === "image/png" ? "image/png" : "image/jpeg";
    this.over((close) => {
      const leave = () => {
        close();
        this.host.focus();
      };
      const done = (picture: Blob) => {
        leave();
        void this.outgoing.replace(ref, picture);
      };
      return <Editor t={this.t} url={url} type={type} onDone={done} onClose={leave} />;
    });
  }

  private open(told: Told, from: HTMLElement): void {
    const shown = seenIn(this.host.conversation())
      .map((seen) => seen.told)
      .filter(({ kind }) => kind === ContentKind.IMAGE)
      .reverse();
    const id = toHex(told.blob.id);
    const at = shown.findIndex(({ blob }) => toHex(blob.id) === id);
    this.show_large(at < 0 ? [told] : shown, Math.max(0, at), from.querySelector("button"));
  }

  private show_large(pictures: readonly Told[], at: number, back: HTMLElement | null): void {
    const { t, store } = this;
    this.over((close) => (
      <Lightbox
        t={t}
        pictures={pictures}
        gone={this.gone}
        at={at}
        store={store}
        onGallery={() => {
          close();
          this.gallery();
        }}
        onClose={() => {
          close();
          back?.focus();
        }}
      />
    ));
  }

  gallery(): void {
    const { t, store, host } = this;
    this.over((close) => (
      <Gallery
        t={t}
        gone={this.gone}
        locale={host.locale()}
        store={store}
        pageOf={(before, limit) => host.page(before, limit)}
        onOpen={(pictures, at) => {
          close();
          this.show_large(pictures, at, null);
        }}
        onClose={() => {
          close();
          host.focus();
        }}
      />
    ));
  }

  connected(): void {
    this.files?.connected();
  }
}

export const openMedia: OpenMedia = (host) => new Parts(host);
