// The preview of a link in a reply that is being written: what the desk has read of its page. The
// desk is asked only where an admin has turned that on; it is the desk that visits the page, never
// this browser, and nobody's device does so later.
import { signal, type Signal } from "@preact/signals";
import type { Engine } from "../engine/src/client.ts";
import { decode, encode } from "../engine/src/codec.ts";
import { Errc } from "../engine/src/gen/errors.ts";
import { LinkPreview, PreviewRequest } from "../engine/src/gen/wire.ts";
import { piecesOf } from "../ui/src/links.ts";

/** A pause in writing: whoever types an address does not want half of it visited. */
const PAUSE_MS = 500;
const NONE = new Uint8Array();

/** The first link of a text that leads to a page. */
export const linkIn = (text: string): string =>
  piecesOf(text).find(({ href }) => href?.startsWith("http"))?.href ?? "";

export class Previews {
  readonly shown: Signal<LinkPreview | undefined> = signal(undefined);
  private url = "";
  private timer = 0;
  /** Addresses whose preview was taken away, or that have none. */
  private readonly without = new Set<string>();
  private off = false;

  constructor(private readonly engine: Engine) {
    engine.on((event) => {
      if (event.type === "ready") {
        this.off = false;
      }
    });
  }

  /** With each change of what is written. */
  follow(text: string): void {
    const url = linkIn(text);
    if (url === this.url) {
      return;
    }
    this.url = url;
    this.shown.value = undefined;
    clearTimeout(this.timer);
    if (url && !this.off && !this.without.has(url)) {
      this.timer = setTimeout(() => void this.ask(url), PAUSE_MS) as unknown as number;
    }
  }

  /** This message goes without. */
  drop(): void {
    this.without.add(this.url);
    this.shown.value = undefined;
  }

  /** What goes along with a text that is sent now. */
  take(text: string): Uint8Array {
    const preview = this.shown.value;
    this.without.clear();
    return preview && preview.url === linkIn(text) ? encode(LinkPreview, preview) : NONE;
  }

  private async ask(url: string): Promise<void> {
    const request = encode(PreviewRequest, { url });
    const { code, body } = await this.engine.request("preview.get", request);
    this.off = code === Errc.preview_off;
    if (code === 0 && url === this.url && !this.without.has(url)) {
      this.shown.value = decode(LinkPreview, body);
    } else if (code === Errc.preview_none) {
      this.without.add(url);
    }
  }
}
