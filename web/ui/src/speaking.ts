// Answering or changing another message: what the composer holds then.
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { ContentKind } from "../../engine/src/gen/wire.ts";
import { fromHex } from "../../engine/src/text.ts";
import { mayAmend, textNow } from "./amend.ts";
import type { Conversation, Item } from "./conversation.ts";
import type { Session } from "./session.ts";
import type { About } from "./tools/host.ts";

export class Speaking {
  readonly about: Signal<About | undefined> = signal(undefined);
  /** What an edit says so far; a draft is something else and stays. */
  readonly editText = signal("");
  readonly isEdit: ReadonlySignal<boolean> = computed(() => this.about.value?.kind === "edit");

  constructor(private readonly session: Session) {}

  take(about: About): void {
    this.editText.value = textNow(this.session.logs.value.get(about.log)?.items ?? [], about.item);
    this.about.value = about;
  }

  cancel(): void {
    this.about.value = undefined;
  }

  /** The last own words, to be changed; false where there are none, or it is too late. */
  editLast({ log, items }: Conversation): boolean {
    const own = (item: Item) => item.mine && item.kind === ContentKind.TEXT;
    const last = [...items].reverse().find(own);
    const may = last !== undefined && mayAmend(items, last, Date.now());
    if (may) {
      this.take({ kind: "edit", log, item: last });
    }
    return may;
  }

  /** Sends what was written about another message; undefined where it is about none. */
  send(text: string): number | undefined {
    const about = this.about.value;
    if (!about) {
      return undefined;
    }
    const { kind, log, item } = about;
    this.cancel();
    if (kind === "reply") {
      return this.session.reply(text, fromHex(log), item);
    }
    const { items = [] } = this.session.logs.value.get(log) ?? {};
    if (text !== textNow(items, item)) {
      this.session.edit(log, item, text);
    }
    return 0;
  }
}
