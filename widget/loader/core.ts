// What the loader lends to its second half, panel/panel.ts. The two may be of different versions
// for a while (a page stays open over an update): what stands here keeps its meaning.
import type { Settings } from "./settings.ts";

/** The only thing that is ever stored in the shop's origin, and not before a first open. */
export const FLAG = "shopbell";

export type Listen = (
  target: EventTarget,
  type: string,
  listener: (event: Event) => void,
) => void;

/** Without a sentence it is the usual one, without words on its button it is "try again". */
export type Note = {
  sentence?: string | undefined;
  textContent?: string;
  href?: string;
  target?: string;
  onclick?: () => void;
};

export type Core = {
  readonly settings: Settings;
  /** The element in the page, outside of body. */
  readonly host: HTMLElement;
  readonly root: ShadowRoot | HTMLElement;
  readonly bubble: HTMLElement;
  lang(): string;
  /** The bubble's name, and what stands behind it. */
  name(more: string): void;
  /** Stands in place of the conversation; without it what stood there goes. */
  note(note?: Note): unknown;
  /** To the developer, and to those who listen: what was found, and what to change. */
  report(cause: string, remedy: string): Error;
  fire(event: string, value?: unknown): void;
  /** Calls from before the second half was there. */
  readonly kept: [name: string, ...rest: unknown[]][];
  dress(): void;
  /** Until destroy. */
  readonly listen: Listen;
};

/** What the loader asks of its second half: methods of the API, by name. */
export type Panel = {
  readonly [method: string]: (...rest: never[]) => unknown;
};
