// Between the menu of a message and the app that shows the conversation. The menu may come in a
// file of its own with its own copy of Preact: only plain values and calls go between them.
import type { Locale, Translate } from "../../i18n/index.ts";
import type { CardsHost } from "../cards/host.ts";
import type { Conversation, Item } from "../conversation.ts";

/** Another message that the person is about to answer or to change. */
export type About = { readonly kind: "reply" | "edit"; readonly log: string; readonly item: Item };

export interface ToolsHost extends CardsHost {
  conversation(): Conversation;
  notes(): Conversation | undefined;
  take(about: About): void;
  recall(log: string, item: Item): void;
  react(log: string, item: Item, emoji: string, off: boolean): void;
}

/** Makes the messages of a timeline answer to pointer, touch and keys; the answer takes it back. */
export type AttachTools = (place: HTMLElement, host: ToolsHost) => () => void;

export type PickerProps = {
  readonly t: Translate;
  readonly locale: Locale;
  onPick(sign: string): void;
  /** `back`: the focus was inside and has to go somewhere. */
  onClose(back: boolean): void;
};

/** Shows the emoji; the answer takes them away. */
export type OpenPicker = (place: HTMLElement, props: PickerProps) => () => void;
