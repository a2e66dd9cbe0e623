// When the screens of a link to a further device stand in place of the conversation.
import type { Signal } from "@preact/signals";
import type { LinkCall, LinkHost, OpenLink } from "./link/host.ts";

/** Draws into a place of its own; the answer takes it away. */
export type Whole = (place: HTMLElement) => () => void;

export class Linking {
  private shown = false;

  constructor(
    private readonly whole: Signal<Whole | undefined>,
    private readonly fetched: () => Promise<OpenLink>,
    private readonly host: Omit<LinkHost, "call">,
  ) {}

  /** By the menu, by a link in the page's address, or because the device has news of one. */
  open(call?: LinkCall): void {
    if (this.shown) {
      return;
    }
    this.shown = true;
    const left = (): void => {
      this.shown = false;
      this.whole.value = undefined;
      this.host.left();
    };
    const show = (open: OpenLink): void => {
      this.whole.value = (place) => open(place, { ...this.host, call, left });
    };
    this.fetched().then(show, left);
  }
}
