// What is known of a customer: the newest page view that a conversation holds, and when he came.
import { signal, type Signal } from "@preact/signals";
import { decode } from "../engine/src/codec.ts";
import { ContentKind, PageView, type Cart, type Product } from "../engine/src/gen/wire.ts";
import type { Engine, EngineEvent } from "../engine/src/client.ts";
import { toHex } from "../engine/src/text.ts";
import { cartOf, productOf } from "../ui/src/context.ts";
import { AuthorClass } from "../ui/src/conversation.ts";

export type Look = {
  readonly seq: number;
  readonly url: string;
  readonly title: string;
  readonly locale: string;
  readonly device: string;
  readonly product: Product | undefined;
  readonly cart: Cart | undefined;
};

export type Customer = {
  /** The newest page view. */
  readonly look: Look | undefined;
  /** Time of the oldest of his messages that is known here. */
  readonly firstMs: number;
  readonly firstSeq: number;
};

type MessageOf = Extract<EngineEvent, { type: "message" }>;

const NOBODY: Customer = { look: undefined, firstMs: 0, firstSeq: 0 };

function lookOf({ seq, content }: MessageOf): Look | undefined {
  try {
    const view = decode(PageView, content);
    const { url, title, locale, device } = view;
    return { seq, url, title, locale, device, product: productOf(view), cart: cartOf(view) };
  } catch {
    // Another form than ours: as if nothing had been said.
    return undefined;
  }
}

/** Answers the same object where the message says nothing new. */
export function foldCustomer(before: Customer, message: MessageOf): Customer {
  if (message.authorClass !== AuthorClass.customer || message.problem || !message.seq) {
    return before;
  }
  const { seq, timeMs } = message;
  const earlier = !before.firstSeq || seq < before.firstSeq;
  const first = earlier ? { firstMs: timeMs, firstSeq: seq } : {};
  const newer = message.kind === ContentKind.PAGE_VIEW && seq > (before.look?.seq ?? 0);
  const look = newer ? lookOf(message) : undefined;
  return earlier || look ? { ...before, ...first, ...(look ? { look } : {}) } : before;
}

export class Customers {
  readonly all: Signal<ReadonlyMap<string, Customer>> = signal(new Map());

  constructor(engine: Engine) {
    engine.on((event) => {
      if (event.type !== "message") {
        return;
      }
      const key = toHex(event.log);
      const before = this.all.peek().get(key) ?? NOBODY;
      const after = foldCustomer(before, event);
      if (after !== before) {
        this.all.value = new Map(this.all.peek()).set(key, after);
      }
    });
  }

  of(key: string): Customer {
    return this.all.value.get(key) ?? NOBODY;
  }
}

/** Only what leads to a page of the web may be shown as an address. */
export function webAddress(text: string): string {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
  } catch {
    return "";
  }
}
