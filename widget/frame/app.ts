// The visitor's conversations: which one is shown, what is sent when one begins, what counts as
// read, and what the page around has told.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Engine, EngineEvent } from "../../web/engine/src/client.ts";
import { decode } from "../../web/engine/src/codec.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { Look, type PageView } from "../../web/engine/src/gen/wire.ts";
import { toHex } from "../../web/engine/src/text.ts";
import { errorName } from "../../web/ui/i18n/error_name.ts";
import { pickLocale, type Locale } from "../../web/ui/i18n/index.ts";
import type { BringDrawer, Drawer } from "../../web/ui/src/cards/host.ts";
import {
  AuthorClass,
  emptyConversation,
  lastSeq,
  NO_TARGET,
  type Conversation,
  type Item,
  type Target,
} from "../../web/ui/src/conversation.ts";
import type { Files } from "../../web/ui/src/files.ts";
import type { Shown } from "../../web/ui/src/media/host.ts";
import type { Members } from "../../web/ui/src/members.ts";
import { NO_LOG, PAGE_MESSAGES, Session, type Unstored } from "../../web/ui/src/session.ts";
import { Speaking } from "../../web/ui/src/speaking.ts";
import { ConnectionState } from "../../web/ui/src/status.ts";
import type { Jump } from "../../web/ui/src/timeline_view.tsx";
import type { OpenFinder } from "../../web/ui/src/tools/finder.tsx";
import type { AttachTools, OpenPicker, ToolsHost } from "../../web/ui/src/tools/host.ts";
import { pageAllowed, type FrameConfig } from "./config.ts";
import { fittingView, ownDevice } from "./context.ts";
import { isTalk, peopleOf, rowsOf, unreadOf, type Person, type Row } from "./conversations.ts";
import type { OpenLink } from "./link/host.ts";
import { Linking, type Whole } from "./linking.ts";
import type { ContextInfo, FromPage, PageInfo, ThemeChoice, ToPage } from "./host_page.ts";
import { bringWords, translator, type Translate } from "./i18n/index.ts";
import { Identity } from "./identity.ts";
import { keepHere, keepShown, lastShown, wasHere } from "./kept.ts";

/** A conversation whose first entry still waits in the outbox has no kind yet: 0. */
const MAIN_LOG = 1;
/** Enough of a conversation for its line in the list; a log also holds what nobody reads. */
const PREVIEW_ENTRIES = 12;
/** Stands for the conversation that is not begun yet. */
const NEW = toHex(NO_LOG);
const NO_CONVERSATION = emptyConversation("");
/** After these nothing that is written here would ever reach the shop. */
const BLOCKING: ReadonlySet<string> = new Set([
  "wrong_shop", "card_chain", "closed_shop_unknown", "closed_origin", "closed_frame",
]);

export type Screen = "list" | "talk";
/** What others may be told of a message: that it is there, never what it says. */
export type Traffic = { readonly direction: "in" | "out"; readonly fresh: boolean };

/** What rest.tsx has to draw with. */
export type Rest = typeof import("./rest.tsx");

type MessageEvent = Extract<EngineEvent, { type: "message" }>;

export class FrameApp {
  readonly locale: Signal<Locale>;
  readonly t: ReadonlySignal<Translate>;
  readonly theme: Signal<ThemeChoice>;
  readonly session: Session;
  readonly identity: Identity;
  /** The conversation from which the person came to the list. */
  readonly left = signal("");
  readonly screen: Signal<Screen> = signal("talk");
  readonly open = signal(false);
  readonly visible = signal(document.visibilityState === "visible");
  /** The conversation was ended by the page; only opening it anew helps. */
  readonly ended = signal(false);
  /** Changes when the person should be able to write, or to choose, at once. */
  readonly focus = signal(0);
  /** The log on the screen; NEW before it is begun. */
  readonly shown: ReadonlySignal<string>;
  readonly conversation: ReadonlySignal<Conversation>;
  readonly draft: ReadonlySignal<string>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly members: ReadonlySignal<Members | undefined>;
  readonly people: ReadonlySignal<readonly Person[]>;
  readonly unread: ReadonlySignal<number>;
  readonly canGoBack: ReadonlySignal<boolean>;
  readonly canStartNew: ReadonlySignal<boolean>;
  /** A page of its own, without a panel around. */
  readonly ownTab: boolean;
  /** Nothing was said here yet, as far as is known. */
  readonly greets: ReadonlySignal<boolean>;
  /** What the shop chose for its card; the page's own choice comes before it. */
  readonly shopAccent = signal("");
  /** Number of the error that keeps this conversation from being one; 0 where there is none. */
  readonly blocked: ReadonlySignal<number>;
  readonly speaking: Speaking;
  readonly jump: Signal<Jump | undefined> = signal(undefined);
  /** What one can do with a message; comes after the first open. */
  readonly tools: Signal<((place: HTMLElement) => () => void) | undefined> = signal(undefined);
  /** A card that the page offers; only the person sends it. */
  readonly offer: Signal<unknown> = signal(undefined);
  /** Who draws cards; comes after the first open. */
  readonly drawer: Signal<Drawer | undefined> = signal(undefined);
  /** The search over one's own messages; comes after the first open. */
  readonly finder: Signal<OpenFinder | undefined> = signal(undefined);
  /** Stands in place of everything else: the search, or what links a further device. */
  readonly whole: Signal<Whole | undefined> = signal(undefined);
  /** A further device of the same person. */
  readonly linking: Linking;
  /** What draws all but a first open; fetched. */
  readonly rest: Signal<Rest | undefined> = signal(undefined);
  /** It did not come, and is asked for again. */
  readonly restLate = signal(false);
  /** What was pressed before that was here: it opens when it is. */
  readonly asked: Signal<"" | "menu" | "confirmed" | "attach"> = signal("");
  /** What sends and shows files; comes with the rest. */
  readonly files: Signal<Files | undefined> = signal(undefined);
  /** There is no conversation to show, but a reason why. */
  readonly instead: ReadonlySignal<boolean>;
  private readonly log: Signal<Uint8Array | undefined> = signal(undefined);
  private readonly own: Signal<ReadonlyMap<string, Uint8Array>> = signal(new Map());
  /** How often a log's newest page was asked for and has not come; what arrives then is no news. */
  private readonly loading: Signal<ReadonlyMap<string, number>> = signal(new Map());
  /** Words were written here, and the browser has kept nothing of them. */
  readonly cleared: boolean;
  private readonly settled = signal(false);
  private page: PageInfo;
  private context: ContextInfo = {};
  private wanted: Locale | undefined;
  private prefilled = "";
  private owes_focus = false;
  /** Number of the message that begins the conversation, until its log is named. */
  private beginning = 0;
  private waiting: (string | Shown)[] = [];
  private readonly sent = new Set<number>();
  private readonly traffic_listeners: ((traffic: Traffic) => void)[] = [];

  constructor(
    private readonly engine: Engine,
    readonly config: FrameConfig,
    ancestors: readonly string[],
    readonly picker: () => Promise<OpenPicker>,
    linker: () => Promise<OpenLink>,
    readonly say: (word: ToPage) => void = () => undefined,
  ) {
    this.ownTab = config.ownTab && window.parent === window;
    this.page = originOf(config.parent);
    this.locale = signal(pickLocale([config.lang, ...navigator.languages]));
    this.t = computed(() => translator(this.locale.value));
    this.theme = signal(config.theme);
    this.shown = computed(() => (this.log.value ? toHex(this.log.value) : NEW));
    this.session = new Session(engine, this.shown, this.locale.value, AuthorClass.customer);
    this.speaking = new Speaking(this.session);
    this.identity = new Identity(engine, this.ownTab, say, () => this.unsent());
    this.linking = new Linking(this.whole, linker, {
      shop: config.shop,
      page: () => this.page.url,
      locale: () => this.locale.peek(),
      request: (method, body) => engine.request(method, body),
      on: (listener) => engine.on(listener),
      left: () => this.takeFocus(),
    });
    const { veiled } = this.identity;
    const { logs } = this.session;
    this.conversation = computed(() => {
      const known = logs.value.get(this.shown.value) ?? NO_CONVERSATION;
      return this.loading.value.get(this.shown.value) ? { ...known, loaded: false } : known;
    });
    this.draft = computed(() => this.draftOf(this.shown.value));
    this.rows = computed(() => rowsOf(this.own.value.keys(), logs.value));
    this.members = computed(() => this.session.members.value.get(this.shown.value));
    this.people = computed(() =>
      veiled.value ? [] : peopleOf(this.conversation.value, this.members.value),
    );
    this.unread = computed(() =>
      veiled.value ? 0 : unreadOf(this.rows.value, this.sees() ? this.shown.value : ""),
    );
    this.canGoBack = computed(
      () =>
        !veiled.value &&
        this.screen.value === "talk" &&
        this.rows.value.length > (this.log.value ? 1 : 0),
    );
    this.canStartNew = computed(
      () => !veiled.value && this.screen.value === "talk" && !!this.log.value,
    );
    const was_here = wasHere();
    this.cleared = config.wrote && !was_here;
    this.greets = computed(
      () => !this.log.value && !this.beginning && (this.settled.value || !was_here),
    );
    this.blocked = computed(() => this.blocking(ancestors));
    this.instead = computed(() => {
      const { storage, failed } = this.session;
      const left = this.ended.value || veiled.value || this.identity.asks.value > 0;
      return left || storage.value === "refused" || failed.value || this.blocked.value > 0;
    });
    effect(() => {
      this.session.locale = this.locale.value;
    });
    effect(() => this.mark_read());
    effect(() => {
      void this.shown.value;
      this.speaking.cancel();
    });
    engine.on((event) => this.take(event));
    document.addEventListener("visibilitychange", () => this.come_back());
    window.addEventListener("online", () => this.come_back());
  }

  /** Called for each message that is new, here or from the shop. */
  onTraffic(listener: (traffic: Traffic) => void): void {
    this.traffic_listeners.push(listener);
  }

  /** Somebody has the conversation before him. */
  sees(): boolean {
    const looks = this.open.value && this.visible.value && !this.identity.veiled.value;
    return looks && this.screen.value === "talk";
  }

  /** Messages without a place, and drafts; undefined before all conversations have been read. */
  private unsent(): number | undefined {
    const reads = [...this.loading.value.values()].some((count) => count > 0);
    if (!this.settled.value || reads) {
      return undefined;
    }
    const logs = [...this.session.logs.value.values()];
    const waits = logs.flatMap(({ items }) => items).filter((item) => item.mine && !item.seq);
    return waits.filter(({ kind }) => isTalk(kind)).length + this.session.drafts.value.size;
  }

  private blocking(ancestors: readonly string[]): number {
    const { shop, problems, connection } = this.session;
    if (shop.value && !pageAllowed(shop.value.domains, ancestors)) {
      return Errc.closed_origin;
    }
    const { state, code } = connection.value;
    const codes = problems.value.map((problem) => problem.code);
    const all = state === ConnectionState.stopped ? [code, ...codes] : codes;
    return all.find((each) => BLOCKING.has(errorName(each))) ?? 0;
  }

  /** A phone that slept for minutes does not wait for the back-off to end. */
  private come_back(): void {
    this.visible.value = document.visibilityState === "visible";
    const { state } = this.session.connection.value;
    if (this.visible.value && !this.ended.value && state === ConnectionState.offline) {
      this.engine.command("retry");
    }
  }

  private take(event: EngineEvent): void {
    switch (event.type) {
      case "ready":
        this.loading.value = new Map();
        // The conversations that are there follow in the same breath.
        queueMicrotask(() => this.settle());
        break;
      case "crashed":
        this.keep_words(this.session.takeUnstored(), true);
        break;
      case "placed":
        if (event.code) {
          const words = this.session.takeUnstored(event.ref);
          this.keep_words(words, event.ref === this.beginning);
        }
        break;
      case "shop":
        this.shopAccent.value = accentOf(event.look);
        break;
      case "pushEvent":
        if (event.method === "link") {
          this.linking.open();
        }
        break;
      case "historyEnd":
        this.count_loading(toHex(event.log), -1);
        break;
      case "message":
        this.note_message(event);
        break;
      case "logOpened":
        if (event.kind <= MAIN_LOG) {
          this.note_log(event.log, this.beginning !== 0 && event.ref === this.beginning);
        }
        break;
    }
  }

  private note_log(log: Uint8Array, begun_here: boolean): void {
    const name = toHex(log);
    if (!this.own.value.has(name)) {
      this.own.value = new Map(this.own.value).set(name, log);
      keepHere();
    }
    if (begun_here) {
      this.beginning = 0;
      // The page was told with the first words, a moment ago.
      for (const said of this.waiting.splice(0)) {
        const { session } = this;
        this.sent.add(
          typeof said === "string" ? session.sendText(said, log) : session.show(log, said),
        );
      }
      this.files.value?.parts.value?.moved(NEW, name);
    }
    const is_empty = !this.log.value && this.screen.value === "talk" && !this.beginning;
    if (is_empty && (begun_here || (this.settled.value && this.own.value.size === 1))) {
      this.move_draft(name);
      this.show(log);
    } else if (this.settled.value && name !== this.shown.value) {
      this.load(log, PREVIEW_ENTRIES);
    }
  }

  /** Begun, or begun again after a crash: decides what is on the screen. */
  private settle(): void {
    const own = this.own.value;
    for (const log of own.values()) {
      if (toHex(log) !== this.shown.value) {
        this.load(log, PREVIEW_ENTRIES);
      }
    }
    if (this.log.value) {
      this.show(this.log.value);
    } else if (!this.settled.value && !this.beginning) {
      this.choose([...own.values()]);
    }
    this.settled.value = true;
    if (this.owes_focus) {
      this.takeFocus();
    }
    if (this.prefilled) {
      this.prefill(this.prefilled);
    }
  }

  private choose(own: readonly Uint8Array[]): void {
    const last = lastShown();
    const found = own.length === 1 ? own[0] : own.find((log) => toHex(log) === last);
    if (found) {
      this.move_draft(toHex(found));
      this.show(found);
    } else if (own.length > 1 && !this.draftOf(NEW)) {
      this.screen.value = "list";
    }
  }

  private load(log: Uint8Array, limit: number): void {
    this.count_loading(toHex(log), 1);
    this.session.open(log, limit);
  }

  private count_loading(name: string, step: number): void {
    const count = Math.max(0, (this.loading.value.get(name) ?? 0) + step);
    this.loading.value = new Map(this.loading.value).set(name, count);
  }

  private show(log: Uint8Array): void {
    this.log.value = log;
    this.screen.value = "talk";
    keepShown(toHex(log));
    this.load(log, PAGE_MESSAGES);
  }

  private note_message(event: MessageEvent): void {
    const { mine, kind, ref, history, authorClass } = event;
    const elsewhere = !mine && authorClass === AuthorClass.customer;
    if (!isTalk(kind) || elsewhere || this.identity.veiled.value) {
      return;
    }
    if (mine ? this.sent.delete(ref) : !history) {
      const direction = mine ? "out" : "in";
      this.traffic_listeners.forEach((tell) => tell({ direction, fresh: !history }));
    }
  }

  draftOf(name: string): string {
    return this.session.drafts.value.get(name) ?? "";
  }

  /** Puts words before what is being written there. */
  private draft_before(name: string, words: readonly string[]): void {
    const text = [...words, this.draftOf(name)].filter(Boolean).join("\n");
    this.session.writeDraft(this.own.value.get(name) ?? NO_LOG, text);
  }

  /** What was written for a new conversation belongs to the one that turned out to be there. */
  private move_draft(name: string): void {
    const text = this.draftOf(NEW);
    if (text) {
      this.session.writeDraft(NO_LOG, "");
      this.draft_before(name, [text]);
    }
  }

  /** What could not be stored stands in the composer again. */
  private keep_words(unstored: readonly Unstored[], not_begun: boolean): void {
    if (not_begun) {
      this.draft_before(NEW, this.waiting.splice(0).filter((said) => typeof said === "string"));
      this.beginning = 0;
    }
    for (const { log, text } of [...unstored].reverse()) {
      this.draft_before(log, [text]);
    }
  }

  /** The page around the frame has said something. */
  heard(word: FromPage): void {
    switch (word.type) {
      case "open":
        this.page = word.page;
        this.identity.pageSpoke(word.identifies);
        this.open.value = true;
        if (!word.quiet) {
          this.takeFocus();
        }
        break;
      case "close":
        this.page = word.page;
        this.identity.pageSpoke(word.identifies);
        this.open.value = false;
        break;
      case "identify":
        void this.identity.identify(word.token);
        break;
      case "logout":
        this.identity.logout();
        break;
      case "page":
        this.page = word.page;
        break;
      case "context":
        this.context = word.context;
        break;
      case "link":
        this.linking.open({ text: word.link });
        break;
      case "prefill":
        this.prefill(word.text);
        break;
      case "offer":
        this.offer.value = word.card;
        this.leave_list();
        break;
      case "locale":
        this.speak(pickLocale([word.lang, ...navigator.languages]));
        break;
      case "theme":
        this.theme.value = word.theme;
        break;
      case "shutdown":
        this.ended.value = true;
        this.engine.close();
        break;
    }
  }

  /** From now on in another language; where its words do not come, in the one so far. */
  private speak(locale: Locale): void {
    this.wanted = locale;
    const change = () => {
      if (this.wanted === locale) {
        this.locale.value = locale;
      }
    };
    bringWords(locale).then(change, () => undefined);
  }

  /** Never over what somebody is writing. */
  private prefill(text: string): void {
    if (!this.settled.value) {
      this.prefilled = text;
      return;
    }
    this.prefilled = "";
    this.leave_list();
    if (!this.draft.value) {
      this.write(text);
    }
  }

  /** There is something for the composer. */
  private leave_list(): void {
    const [newest] = this.rows.value;
    if (this.screen.value === "list" && newest) {
      this.showRow(newest.log);
    }
  }

  /** What the page offered; with it a conversation may begin. */
  sendOffer(kind: number, content: Uint8Array, words: string): void {
    const begins = !this.log.value;
    if (begins && this.beginning) {
      return;
    }
    this.offer.value = undefined;
    const page = begins ? this.page_view() : {};
    const ref = this.session.say(this.shown.value, NO_TARGET, kind, content, words, page);
    this.sent.add(ref);
    if (begins) {
      this.beginning = ref;
    }
  }

  /** The conversation that was left stays known, so that the list can point at it. */
  showList(): void {
    if (this.log.value) {
      this.session.typed(this.log.value, false);
    }
    this.left.value = this.shown.value;
    this.log.value = undefined;
    this.screen.value = "list";
    keepShown("list");
  }

  showRow(name: string): void {
    const log = this.own.value.get(name);
    if (log) {
      this.show(log);
      this.takeFocus();
    }
  }

  startNew(): void {
    this.log.value = undefined;
    this.screen.value = "talk";
    keepShown("");
    this.takeFocus();
  }

  /**
   * Where the person goes on: the composer, or the first line of the list. On a touch screen that
   * would lay the keyboard over what there is to read, so there only an empty conversation does it.
   */
  takeFocus(): void {
    const reads = this.log.value !== undefined || (wasHere() && !this.settled.value);
    const on_touch = window.matchMedia("(pointer: coarse)").matches;
    this.owes_focus = on_touch && reads && this.screen.value === "talk";
    if (!this.owes_focus) {
      this.focus.value++;
    }
  }

  write(text: string): void {
    if (this.speaking.isEdit.value) {
      this.speaking.editText.value = text;
      return;
    }
    this.session.writeDraft(this.log.value ?? NO_LOG, text);
    if (this.log.value) {
      this.session.typed(this.log.value, text.trim() !== "");
    }
  }

  /** What the person wrote; the composer is empty then. */
  submit(text: string): void {
    const is_edit = this.speaking.isEdit.value;
    const log = this.log.value;
    if (!is_edit && this.files.value?.send(this.shown.value, text)) {
      this.session.writeDraft(log ?? NO_LOG, "");
      return;
    }
    // Other tabs would take it along into the conversation that begins.
    if (!log) {
      this.session.writeDraft(NO_LOG, "");
    }
    this.send(text);
    // The device forgets it with the message; storing it before would keep that waiting.
    if (log && !is_edit) {
      this.session.writeDraft(log, "");
    }
  }

  send(text: string): void {
    const about = this.speaking.send(text);
    if (about !== undefined) {
      this.sent.add(about);
    } else if (this.log.value) {
      this.sent.add(this.session.sendText(text, this.log.value, this.page_view()));
      this.session.typed(this.log.value, false);
    } else if (this.beginning) {
      this.waiting.push(text);
    } else {
      this.beginning = this.session.beginWith(text, this.page_view());
      this.sent.add(this.beginning);
    }
  }

  /** What was made for the conversation of that name; the first of one begins it. */
  sendShown(name: string, shown: Shown): void {
    const log = this.own.value.get(name) ?? (name === NEW ? this.log.value : undefined);
    if (log) {
      this.sent.add(this.session.show(log, shown));
    } else if (this.beginning) {
      this.waiting.push(shown);
    } else {
      this.beginning = this.session.show(NO_LOG, shown, this.page_view());
      this.sent.add(this.beginning);
    }
  }

  private page_view(): PageView {
    return fittingView(this.page, this.context, this.locale.value, ownDevice());
  }

  /** Who said it, as the customer knows him. */
  nameOf({ author, authorClass, authorName }: Item): string {
    const shop = this.session.shop.value?.name || this.t.value("shop");
    const known = authorName || this.members.value?.get(author)?.name;
    return authorClass === AuthorClass.desk ? shop : known || this.t.value("agent");
  }

  /** The face of whoever answered last. */
  pictureOf({ log, author }: Row): Uint8Array | undefined {
    return this.session.members.value.get(log)?.get(author)?.picture;
  }

  loadEarlier(): void {
    if (this.log.value) {
      this.session.loadEarlier(this.log.value);
    }
  }

  loadLater(): void {
    if (this.log.value) {
      this.session.loadLater(this.log.value);
    }
  }

  loadLatest(): void {
    if (this.log.value) {
      this.session.loadLatest(this.log.value);
    }
  }

  /** To a message of the conversation that is shown, wherever it stands. */
  goTo(target: Target): void {
    const { items } = this.conversation.value;
    this.jump.value = { log: this.shown.value, target };
    const here = ({ author, counter }: Item) =>
      author === target.author && counter === target.counter;
    if (this.log.value && target.seq && !items.some(here)) {
      this.session.loadAround(this.log.value, target.seq);
    }
  }

  useTools(attach: AttachTools, finder: OpenFinder, bring: BringDrawer): void {
    const { session, speaking } = this;
    this.finder.value = finder;
    const host: ToolsHost = {
      session,
      side: "customer",
      locale: () => this.locale.peek(),
      conversation: () => this.conversation.peek(),
      notes: () => undefined,
      canWrite: () => !this.blocked.peek() && !this.ended.peek(),
      take: (about) => {
        speaking.take(about);
        this.focus.value++;
      },
      recall: (log, item) => session.recall(log, item),
      react: (log, item, emoji, off) => session.react(log, item, emoji, off),
    };
    this.tools.value = (place) => attach(place, host);
    bring(host, (drawer) => (this.drawer.value = drawer));
  }

  retry(): void {
    this.engine.command("retry");
  }

  private mark_read(): void {
    const { ownReadSeq, loaded } = this.conversation.value;
    const seq = lastSeq(this.conversation.value);
    if (this.sees() && loaded && !this.blocked.value && this.log.value && seq > ownReadSeq) {
      this.session.markRead(this.log.value, seq);
    }
  }
}

function accentOf(look: Uint8Array): string {
  try {
    return decode(Look, look).accent;
  } catch {
    return "";
  }
}

/** Until the page says more of itself, and where there is no page around. */
function originOf(parent: string): PageInfo {
  try {
    const { origin, host } = new URL(parent);
    return { url: origin, title: host };
  } catch {
    return { url: "", title: "" };
  }
}
