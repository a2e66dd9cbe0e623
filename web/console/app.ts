// The agents' workplace: what its screens show and what people can do there.
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Engine, EngineEvent } from "../engine/src/client.ts";
import { Errc } from "../engine/src/gen/errors.ts";
import type { SearchHit } from "../engine/src/gen/wire.ts";
import { toHex } from "../engine/src/text.ts";
import { pickLocale, type Locale } from "../ui/i18n/index.ts";
import { makeDrawer } from "../ui/src/cards/drawer.tsx";
import type { Drawer } from "../ui/src/cards/host.ts";
import type { Card } from "../ui/src/cards/read.ts";
import { sendCard } from "../ui/src/cards/say.ts";
import {
  AuthorClass,
  emptyConversation,
  lastSeq,
  type Conversation,
  type Item,
  type Target,
} from "../ui/src/conversation.ts";
import type { Members } from "../ui/src/members.ts";
import { Session, type Unstored } from "../ui/src/session.ts";
import { ring } from "../ui/src/sound.ts";
import type { Files } from "../ui/src/files.ts";
import { Speaking } from "../ui/src/speaking.ts";
import { ConnectionState } from "../ui/src/status.ts";
import type { Jump } from "../ui/src/timeline_view.tsx";
import type { About as SpeakingAbout, ToolsHost } from "../ui/src/tools/host.ts";
import { attachTools } from "../ui/src/tools/tools.tsx";
import { accessOf, type AdminAccess } from "./admin/access.tsx";
import { Composing } from "./cards/compose.ts";
import type { ConsoleConfig, Invitation } from "./config.ts";
import { Customers } from "./customers.ts";
import { OwnDevices } from "./devices.ts";
import { filesOf } from "./files.ts";
import { Find } from "./find.ts";
import { fromHex } from "./hex.ts";
import { sayIn, type Say } from "./i18n/index.ts";
import { matches, type Row } from "./inbox.ts";
import { InboxStore } from "./inbox_store.ts";
import { kept } from "./kept.ts";
import { Notifier } from "./notifier.ts";
import { Person } from "./person.ts";
import { Previews } from "./previews.ts";
import { Seen } from "./seen.ts";
import { Settings } from "./settings.ts";
import { Tags } from "./tags.ts";
import { withTags } from "./tags_view.tsx";
import { checkedPlaces, Talks, type Place } from "./talks.ts";
import { unsentOf, type Unsent } from "./unsent.ts";
import { onWaking } from "./waking.ts";
import { Writing, type Mode } from "./writing.ts";

export type Dialog = "" | "card" | "keys" | "palette" | "settings" | "unsent";

/** Below this width the customer stands over the conversation instead of beside it. */
const WIDE = "(min-width: 1180px)";
/** The last figures of a device's id, enough to tell visitors apart. */
const CODE_LENGTH = 4;
const ROWS_DRAWN = 100;
const USUAL_CURRENCY: Record<Locale, string> = { "zh-CN": "CNY", en: "USD", ar: "SAR" };
/** Typed into an empty reply it opens the cards. */
const CARDS_SIGN = "/";

export type About = { readonly name: string; readonly picture: Uint8Array };

export class ConsoleApp {
  readonly settings = new Settings();
  private readonly face = kept(
    () => localStorage,
    "shopbell.console.face",
    "",
    (value) => (typeof value === "string" ? value : undefined),
  );
  readonly locale: ReadonlySignal<Locale>;
  private readonly say: ReadonlySignal<Say>;
  readonly session: Session;
  readonly inbox: InboxStore;
  readonly find: Find;
  readonly talks: Talks;
  readonly customers: Customers;
  readonly tags: Tags;
  readonly notifier: Notifier;
  readonly seen = new Seen();
  readonly person: Person;
  readonly previews: Previews;
  readonly devices: OwnDevices;
  /** The pages of those who run the shop. */
  readonly shop: AdminAccess;
  readonly unsent: ReadonlySignal<readonly Unsent[]>;
  /** What the inbox shows: all, or what the search finds. */
  readonly listed: ReadonlySignal<readonly Row[]>;
  /** The part of them that is drawn: a list of thousands is nobody's list. */
  readonly drawn: ReadonlySignal<readonly Row[]>;
  private readonly drawn_max = signal(ROWS_DRAWN);
  readonly query = signal("");
  /** No conversation can be served until there is a new invitation. */
  readonly expelled: ReadonlySignal<boolean>;
  readonly canSend: ReadonlySignal<boolean>;
  readonly selected = signal("");
  readonly row: ReadonlySignal<Row | undefined>;
  readonly conversation: ReadonlySignal<Conversation | undefined>;
  readonly notes: ReadonlySignal<Conversation | undefined>;
  readonly mode: Signal<Mode> = signal("reply");
  readonly writing: Writing;
  readonly speaking: Speaking;
  readonly jump: Signal<Jump | undefined> = signal(undefined);
  readonly tools: (place: HTMLElement) => () => void;
  readonly drawer: Drawer;
  readonly composing: Composing;
  readonly files: Files;
  private jumped: Jump | undefined;
  /** Numbers that change when composer, search or the customer's button should take the focus. */
  readonly focus = signal(0);
  readonly searching = signal(0);
  readonly folded = signal(0);
  readonly dialog: Signal<Dialog> = signal("");
  readonly wide = signal(false);
  /** The customer stands over the conversation, where there is no room beside it. */
  readonly customerOver = signal(false);
  readonly customerShown: ReadonlySignal<boolean>;
  /** How customers see this agent. */
  readonly about: Signal<About>;
  readonly joining = signal(false);
  readonly invitation: Signal<Invitation | undefined>;
  readonly visible = signal(document.visibilityState === "visible");

  constructor(
    private readonly engine: Engine,
    private config: ConsoleConfig,
    invitation: Invitation | undefined,
    wanted: string,
    private readonly keep: (config: ConsoleConfig) => void,
  ) {
    this.locale = computed(
      () => this.settings.now.value.language || pickLocale(navigator.languages),
    );
    this.say = computed(() => sayIn(this.locale.value));
    this.invitation = signal(invitation);
    const face = this.face.read();
    const picture = fromHex(face, face.length / 2) ?? new Uint8Array();
    this.about = signal({ name: config.name, picture });
    const shown = signal("");
    this.session = new Session(engine, shown, this.locale.value);
    const { logs } = this.session;
    this.shop = accessOf(this.session);
    this.inbox = new InboxStore(engine, this.session);
    this.find = new Find(engine, (rows) => this.inbox.adopt(rows));
    const waiting = kept<readonly Place[]>(
      () => localStorage,
      "shopbell.console.unsent",
      [],
      checkedPlaces,
    );
    this.talks = new Talks(this.session, this.inbox.rows, wanted, waiting.read());
    this.customers = new Customers(engine);
    this.tags = new Tags(this.session);
    this.writing = new Writing(this.session, this.talks);
    this.speaking = new Speaking(this.session);
    this.tools = (place) => attachTools(place, toolsHost(this));
    this.drawer = withTags(makeDrawer(toolsHost(this)), () => this.say.peek());
    this.composing = new Composing(USUAL_CURRENCY[this.locale.peek()], {
      texts: this.session.drafts,
      write: (log, text) => this.session.writeDraft(log, text),
    });
    this.files = filesOf(this, config.shop, config.relayUrl);
    this.devices = new OwnDevices(engine);
    this.person = new Person(this.session, {
      settings: this.settings,
      seen: this.seen,
      about: () => this.about.peek(),
      adopt: (about) => this.adopt(about),
    });
    this.unsent = unsentOf(this.session, this.talks);
    this.row = this.talks.row;
    this.listed = computed(() => this.inbox.ordered.value.filter((row) => this.is_listed(row)));
    this.drawn = computed(() => this.listed.value.slice(0, this.drawn_max.value));
    this.conversation = computed(() => logs.value.get(this.talks.shown.value));
    this.notes = computed(() => {
      const team = this.row.value?.teamLog;
      return team && logs.value.get(toHex(team));
    });
    this.expelled = computed(() => {
      const { certificateEnded, connection } = this.session;
      const { state, code } = connection.value;
      const shut =
        state === ConnectionState.stopped &&
        (code === Errc.closed_certificate || code === Errc.closed_removed);
      return certificateEnded.value || shut;
    });
    this.canSend = computed(() => {
      const stopped = this.session.connection.value.state === ConnectionState.stopped;
      return !this.expelled.value && !stopped && !this.shop.isObserver.value;
    });
    this.customerShown = computed(() =>
      this.wide.value ? !this.settings.now.value.customerFolded : this.customerOver.value,
    );
    this.notifier = new Notifier(engine, {
      say: () => this.say.peek(),
      nameOf: (row) => this.nameOf(row),
      wanted: () => this.settings.now.peek(),
      isSeen: (row) => this.looks_at(row.key),
      isRead: (row) => !this.seen.isNew(row),
      turn: () => this.person.turn(),
      claim: (rows) => this.person.claim(rows),
      ring,
      open: (row) => this.open(row),
    });
    this.previews = new Previews(engine);
    effect(() => {
      const replies = this.mode.value === "reply" && !this.speaking.about.value;
      this.previews.follow(replies ? this.draft : "");
    });
    this.inbox.changed = (changes) => this.notifier.take(changes);
    engine.on((event) => this.take(event));
    this.watch_page();
    effect(() => void (shown.value = this.talks.shown.value));
    effect(() => {
      void this.talks.shown.value;
      this.speaking.cancel();
    });
    effect(() => void (this.session.locale = this.locale.value));
    effect(() => {
      const places = this.unsent.value.map(({ row }) => row);
      waiting.write(
        [...new Set(places)].map((row) => ({
          log: row.key,
          team: row.teamLog ? toHex(row.teamLog) : "",
        })),
      );
    });
    effect(() => this.mark_read());
    effect(() => this.load_jump());
  }

  get t(): Say {
    return this.say.value;
  }

  get name(): string {
    return this.config.name;
  }

  get isAdmin(): boolean {
    return this.shop.isAdmin.value;
  }

  openShop(): void {
    this.dialog.value = "";
    this.shop.open.value = true;
  }

  private watch_page(): void {
    document.addEventListener("visibilitychange", () => {
      this.visible.value = document.visibilityState === "visible";
    });
    const wide = window.matchMedia(WIDE);
    this.wide.value = wide.matches;
    wide.addEventListener("change", () => (this.wide.value = wide.matches));
    onWaking((slept_ms) => {
      if (slept_ms) {
        this.notifier.expectBurst(true);
      }
      this.engine.command("retry");
      void this.inbox.list();
    });
  }

  private take(event: EngineEvent): void {
    switch (event.type) {
      case "enrolled":
        this.joining.value = false;
        this.invitation.value = undefined;
        break;
      case "connection":
        if (event.state === ConnectionState.offline) {
          this.notifier.expectBurst(false);
        }
        break;
      case "problem":
        this.joining.value = false;
        break;
      case "crashed":
        this.keep_words(this.session.takeUnstored());
        break;
      case "placed":
        if (event.code) {
          this.keep_words(this.session.takeUnstored(event.ref));
        }
        break;
      default:
        break;
    }
  }

  /** Uses the invitation up. */
  join(name: string): void {
    const invitation = this.invitation.value;
    if (invitation?.isBeside) {
      // The desk knows what he is called.
      this.joining.value = true;
      this.engine.command("enrol", { secret: invitation.secret, name: this.config.name });
    } else if (invitation && name.trim()) {
      this.config = { ...this.config, name: name.trim() };
      this.keep(this.config);
      this.about.value = { ...this.about.value, name: this.config.name };
      this.joining.value = true;
      this.engine.command("enrol", { secret: invitation.secret, name: this.config.name });
    }
  }

  setAbout(about: About): void {
    this.adopt(about);
    void this.person.setAbout();
  }

  private adopt(about: About): void {
    this.about.value = about;
    this.config = { ...this.config, name: about.name };
    this.keep(this.config);
    this.face.write(toHex(about.picture));
    this.engine.command("setAbout", about);
  }

  /** A visitor who has not said who he is has the last figures of his device for a name. */
  nameOf(row: Row): string {
    const names = this.session.logs.value.get(row.key)?.names ?? {};
    const member = this.session.members.value.get(row.key)?.get(row.creator);
    const code = row.creator.slice(-CODE_LENGTH).toUpperCase();
    const unnamed = code ? this.t("visitorCoded", { code }) : this.t("visitor");
    const login = row.subjectName || row.subject;
    return login || member?.name || names[row.creator] || unnamed;
  }

  /** All who take part, the customer under the name that he has everywhere here. */
  membersOf(row: Row): Members {
    const members = this.session.members.value.get(row.key);
    const known = members?.get(row.creator);
    const ids = { device: row.creator, person: row.creator };
    const unnamed = { ...ids, authorClass: AuthorClass.customer, left: false };
    const picture = new Uint8Array();
    const customer = { ...unnamed, picture, ...known, name: this.nameOf(row) };
    return new Map(members).set(row.creator, customer);
  }

  private is_listed(row: Row): boolean {
    const query = this.query.value.trim();
    const texts = [this.nameOf(row), row.preview, row.pageTitle, ...this.tags.of(row)];
    return !query || matches(query, ...texts);
  }

  /** Messages that came and were not shown; -1 where there are some and nobody has counted. */
  unreadOf(row: Row): number {
    const conversation = this.session.logs.value.get(row.key);
    if (this.talks.open.value.includes(row.key) && conversation) {
      return conversation.unread;
    }
    return this.seen.isNew(row) ? -1 : 0;
  }

  open(row: Row): void {
    this.bring(row);
    this.focus.value++;
  }

  private bring(row: Row): void {
    this.shop.open.value = false;
    this.selected.value = row.key;
    if (this.talks.shown.value !== row.key) {
      this.mode.value = "reply";
      this.customerOver.value = false;
      this.talks.show(row.key);
    }
  }

  /** Back to the inbox, where it has no place beside the conversation. */
  back(): void {
    this.talks.shown.value = "";
  }

  close(key = this.talks.shown.value): void {
    if (key) {
      this.talks.close(key);
      this.mode.value = "reply";
    }
  }

  stepOpen(by: 1 | -1): void {
    this.talks.step(by);
    this.selected.value = this.talks.shown.value;
  }

  openNth(place: number): void {
    const row = this.talks.rowOf(this.talks.open.value[place] ?? "");
    if (row) {
      this.open(row);
    }
  }

  get draft(): string {
    if (this.speaking.isEdit.value) {
      return this.speaking.editText.value;
    }
    const row = this.row.value;
    return row ? this.writing.of(row, this.mode.value) : "";
  }

  write(text: string): void {
    if (this.speaking.isEdit.value) {
      this.speaking.editText.value = text;
    } else if (this.row.value) {
      const opens = text === CARDS_SIGN && !this.draft;
      this.writing.write(this.row.value, this.mode.value, text);
      if (opens) {
        this.openCards();
      }
    }
  }

  /** What can be shown as more than words; customers see it, so it is no note. */
  openCards(): void {
    if (this.row.value && this.mode.value === "reply" && this.canSend.value) {
      this.dialog.value = "card";
    }
  }

  sendCard(row: Row, card: Card): void {
    if (this.canSend.value) {
      sendCard(this.session, row.key, card);
      this.composing.clear(row.key, card.kind);
      this.dialog.value = "";
      this.focus.value++;
      if (this.draft === CARDS_SIGN) {
        this.write("");
      }
    }
  }

  private keep_words(unstored: readonly Unstored[]): void {
    for (const { log, text } of unstored) {
      const bytes = fromHex(log, 16);
      if (bytes) {
        this.writing.putBefore(bytes, text);
      }
    }
  }

  send(text: string): void {
    const row = this.row.value;
    const log = this.mode.value === "note" ? row?.teamLog : row?.log;
    if (row && log && this.canSend.value) {
      const is_edit = this.speaking.isEdit.value;
      if (!is_edit && this.files.send(toHex(log), text)) {
        this.write("");
        return;
      }
      const is_reply = this.mode.value === "reply";
      if (this.speaking.send(text) === undefined) {
        const preview = is_reply ? this.previews.take(text) : undefined;
        this.session.sendText(text, log, undefined, preview);
      }
      // The device forgets it with the message; storing it before would keep that waiting. What was
      // begun before an edit stays.
      if (!is_edit) {
        this.write("");
      }
    }
  }

  /** What the composer holds is about another message, of the customer or of the team. */
  speakOf(about: SpeakingAbout): void {
    this.mode.value = about.log === this.row.value?.key ? "reply" : "note";
    this.speaking.take(about);
    this.focus.value++;
  }

  /** To a message of a conversation, wherever it stands; it takes the focus. */
  goTo(row: Row, log: Uint8Array, target: Target): void {
    this.bring(row);
    this.jump.value = { log: toHex(log), target };
  }

  /** Once what the log holds is here, and the message is not among what is shown. */
  private load_jump(): void {
    const jump = this.jump.value;
    const known = jump && this.session.logs.value.get(jump.log);
    const { seq = 0, author, counter } = jump?.target ?? {};
    const there = known?.loaded && known.inSync && known.headSeq >= seq;
    if (!jump || !there || this.jumped === jump || !seq) {
      return;
    }
    this.jumped = jump;
    const here = (item: Item) =>
      counter ? item.author === author && item.counter === counter : item.seq === seq;
    if (!known.items.some(here)) {
      this.session.loadAround(fromHex(jump.log, 16) as Uint8Array, seq);
    }
  }

  showFind(words = ""): void {
    this.settings.set({ inboxFolded: false });
    this.find.show(words);
  }

  leaveFind(): void {
    this.find.open.value = false;
    this.searching.value++;
  }

  openHit({ log, inside, seq }: SearchHit): void {
    const row = this.talks.rowOf(toHex(log));
    if (row) {
      this.goTo(row, inside, { author: "", counter: 0, seq });
    }
  }

  setMode(mode: Mode): void {
    this.speaking.cancel();
    this.mode.value = mode;
    this.focus.value++;
  }

  step(by: 1 | -1): void {
    const rows = this.listed.value;
    const at = rows.findIndex((row) => row.key === this.selected.value);
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) {
      this.selected.value = next.key;
      if (!this.drawn.value.includes(next)) {
        this.drawMore();
      }
    }
  }

  drawMore(): void {
    this.drawn_max.value += ROWS_DRAWN;
  }

  openSelected(): void {
    const row = this.inbox.rows.value.get(this.selected.value);
    if (row) {
      this.open(row);
    }
  }

  /** By the button in the panel itself, which goes with it. */
  foldCustomer(): void {
    this.toggleCustomer();
    this.folded.value++;
  }

  toggleCustomer(): void {
    if (this.wide.value) {
      this.settings.set({ customerFolded: !this.settings.now.value.customerFolded });
    } else {
      this.customerOver.value = !this.customerOver.value;
    }
  }

  /** To the field for tags, wherever the customer's panel is. */
  tag(): void {
    if (!this.customerShown.peek()) {
      this.toggleCustomer();
    }
    this.tags.focus.value++;
  }

  toggleInbox(): void {
    this.settings.set({ inboxFolded: !this.settings.now.value.inboxFolded });
  }

  search(): void {
    this.settings.set({ inboxFolded: false });
    this.searching.value++;
  }

  toggleAway(): void {
    void this.person.setAway(!this.settings.now.value.away);
  }

  loadEarlier(): void {
    const row = this.row.value;
    if (row && this.conversation.value?.more) {
      this.session.loadEarlier(row.log);
    }
    if (row?.teamLog && this.notes.value?.more) {
      this.session.loadEarlier(row.teamLog);
    }
  }

  /** Of the customer's words; the notes of that time go with them. */
  loadLater(): void {
    if (this.row.value) {
      this.session.loadLater(this.row.value.log);
    }
  }

  loadLatest(): void {
    if (this.row.value) {
      this.session.loadLatest(this.row.value.log);
    }
  }

  /** Conversations in which somebody waits. */
  get waiting(): number {
    return this.inbox.ordered.value.filter((row) => row.waitingSinceMs > 0).length;
  }

  private looks_at(key: string): boolean {
    return this.visible.peek() && document.hasFocus() && this.talks.shown.peek() === key;
  }

  private mark_read(): void {
    const row = this.row.value;
    if (!row || !this.visible.value) {
      return;
    }
    this.seen.see(row.key, row.headSeq);
    const logs: [Uint8Array, Conversation | undefined][] = [[row.log, this.conversation.value]];
    if (row.teamLog) {
      logs.push([row.teamLog, this.notes.value]);
    }
    for (const [log, conversation] of logs) {
      const seq = conversation?.loaded ? lastSeq(conversation) : 0;
      if (conversation && seq > conversation.ownReadSeq) {
        this.session.markRead(log, seq);
      }
    }
  }
}

function toolsHost(app: ConsoleApp): ToolsHost {
  const { session } = app;
  return {
    session,
    side: "shop",
    locale: () => app.locale.peek(),
    conversation: () => app.conversation.peek() ?? emptyConversation(""),
    notes: () => app.notes.peek() || undefined,
    canWrite: () => app.canSend.peek(),
    take: (about) => app.speakOf(about),
    recall: (log, item) => session.recall(log, item),
    react: (log, item, emoji, off) => session.react(log, item, emoji, off),
  };
}
