// The visitor's conversation: which log is shown, what is sent when it begins, what counts as read.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Engine, EngineEvent } from "../../web/engine/src/client.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { toHex } from "../../web/engine/src/text.ts";
import { errorName } from "../../web/ui/i18n/errors.ts";
import { translator, type Locale, type Translate } from "../../web/ui/i18n/index.ts";
import { emptyConversation, lastSeq, type Conversation } from "../../web/ui/src/conversation.ts";
import { Session, type Unstored } from "../../web/ui/src/session.ts";
import { ConnectionState } from "../../web/ui/src/status.ts";
import { pageAllowed } from "./config.ts";
import type { FromPage, PageInfo } from "./host_page.ts";

/** A conversation whose first entry still waits in the outbox has no kind yet: 0. */
const MAIN_LOG = 1;
const NO_CONVERSATION = emptyConversation("");
/** After these nothing that is written here would ever reach the shop. */
const BLOCKING: ReadonlySet<string> = new Set([
  "wrong_shop", "card_chain", "closed_shop_unknown", "closed_origin", "closed_frame",
]);

export class FrameApp {
  readonly t: Translate;
  readonly session: Session;
  readonly draft = signal("");
  readonly open = signal(false);
  readonly visible = signal(document.visibilityState === "visible");
  readonly focus = signal(0);
  readonly conversation: ReadonlySignal<Conversation>;
  /** Number of the error that keeps this conversation from being one; 0 where there is none. */
  readonly blocked: ReadonlySignal<number>;
  private readonly log: Signal<Uint8Array | undefined> = signal(undefined);
  private readonly shown: ReadonlySignal<string>;
  private page: PageInfo = { url: "", title: "" };
  /** Number of the message that begins the conversation, until its log is named. */
  private beginning = 0;
  private waiting: string[] = [];

  constructor(
    private readonly engine: Engine,
    readonly locale: Locale,
    ancestors: readonly string[],
  ) {
    this.t = translator(locale);
    this.shown = computed(() => (this.log.value ? toHex(this.log.value) : ""));
    this.session = new Session(engine, this.shown, locale);
    this.conversation = computed(
      () => this.session.logs.value.get(this.shown.value) ?? NO_CONVERSATION,
    );
    this.blocked = computed(() => {
      const { shop, problems, connection } = this.session;
      if (shop.value && !pageAllowed(shop.value.domains, ancestors)) {
        return Errc.closed_origin;
      }
      const { state, code } = connection.value;
      const codes = problems.value.map((problem) => problem.code);
      const all = state === ConnectionState.stopped ? [code, ...codes] : codes;
      return all.find((each) => BLOCKING.has(errorName(each))) ?? 0;
    });
    engine.on((event) => this.take(event));
    document.addEventListener("visibilitychange", () => {
      this.visible.value = document.visibilityState === "visible";
    });
    effect(() => this.mark_read());
  }

  private take(event: EngineEvent): void {
    if (event.type === "ready" && this.log.value) {
      this.session.open(this.log.value);
    }
    if (event.type === "crashed") {
      this.keep_words(this.session.takeUnstored());
    } else if (event.type === "placed" && event.code) {
      this.keep_words(this.session.takeUnstored(event.ref));
    }
    if (event.type !== "logOpened" || event.kind > MAIN_LOG) {
      return;
    }
    const begun_here = this.beginning !== 0 && event.ref === this.beginning;
    if (this.log.value && !begun_here) {
      return;
    }
    this.log.value = event.log;
    this.session.open(event.log);
    this.beginning = 0;
    for (const text of this.waiting.splice(0)) {
      this.session.sendText(text, event.log);
    }
  }

  /** What could not be stored stands in the composer again. */
  private keep_words(unstored: readonly Unstored[]): void {
    const texts = unstored.map(({ text }) => text);
    if (!this.log.value) {
      texts.push(...this.waiting.splice(0));
      this.beginning = 0;
    }
    this.draft.value = [...texts, this.draft.value].filter(Boolean).join("\n");
  }

  /** The page around the frame has opened or closed the panel. */
  heard(word: FromPage): void {
    this.page = word.page;
    this.open.value = word.open;
    if (word.open) {
      this.focus.value++;
    }
  }

  write(text: string): void {
    this.draft.value = text;
    if (this.log.value) {
      this.session.typed(this.log.value, text.trim() !== "");
    }
  }

  send(text: string): void {
    this.draft.value = "";
    if (this.log.value) {
      this.session.sendText(text, this.log.value);
      this.session.typed(this.log.value, false);
    } else if (this.beginning) {
      this.waiting.push(text);
    } else {
      this.beginning = this.session.beginWith(text, { ...this.page, locale: this.locale });
    }
  }

  loadEarlier(): void {
    if (this.log.value) {
      this.session.loadEarlier(this.log.value);
    }
  }

  retry(): void {
    this.engine.command("retry");
  }

  private mark_read(): void {
    const { ownReadSeq, loaded } = this.conversation.value;
    const seq = lastSeq(this.conversation.value);
    const sees = this.open.value && this.visible.value && loaded && !this.blocked.value;
    if (sees && this.log.value && seq > ownReadSeq) {
      this.session.markRead(this.log.value, seq);
    }
  }
}
