// Between the screens of a link to a further device, which come in a file of their own with its own
// copy of Preact, and the app that shows the conversation: only plain values and calls go between.
import type { Answer, EngineEvent } from "../../../web/engine/src/client.ts";
import type { Locale } from "../../../web/ui/i18n/index.ts";

/** Why the screens are there: a link is wanted, one was opened, or something has happened. */
export type LinkCall = { readonly make: true } | { readonly text: string } | undefined;

export interface LinkHost {
  readonly call: LinkCall;
  readonly shop: string;
  /** A page of the shop on which its tag stands: a link leads there. */
  page(): string;
  locale(): Locale;
  request(method: string, body?: Uint8Array): Promise<Answer>;
  on(listener: (event: EngineEvent) => void): () => void;
  /** The conversation is to be shown again. */
  left(): void;
}

/** Shows the screens; the answer takes them away. */
export type OpenLink = (place: HTMLElement, host: LinkHost) => () => void;
