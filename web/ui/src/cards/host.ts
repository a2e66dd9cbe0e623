// Between cards and the app that shows the conversation. Cards may come in a file of their own with
// their own copy of Preact: only plain values and calls go between them.
import type { Locale } from "../../i18n/index.ts";
import type { Item } from "../conversation.ts";
import type { Session } from "../session.ts";

export interface CardsHost {
  readonly session: Session;
  readonly side: "customer" | "shop";
  locale(): Locale;
  /** Nobody can write here now. */
  canWrite(): boolean;
}

/** The messages around one, in the same log. */
export type Inside = {
  readonly log: string;
  readonly items: readonly Item[];
  readonly isNote: boolean;
};

export type Drawn = {
  readonly item: Item;
  /** What it says now. */
  readonly words: string;
  readonly inside: Inside;
  readonly nowMs: number;
};

/** Draws what a message says into its bubble; called again with each change. */
export type DrawInto = (place: HTMLElement, drawn: Drawn) => void;

/** Who draws what is more than a few words. */
export interface Drawer {
  /** Another one where more can be drawn than before. */
  readonly stage: number;
  /** Nothing where the words are shown as they are. */
  of(item: Item, words: string): DrawInto | undefined;
}

/** Says by whom messages are to be drawn from now on, more than once where more comes later. */
export type BringDrawer = (host: CardsHost, use: (drawer: Drawer) => void) => void;
