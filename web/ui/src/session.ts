// What both apps know of their device: a fold of the engine's events into signals.
import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { CoreEvent, Engine, EngineEvent } from "../../engine/src/client.ts";
import { encode } from "../../engine/src/codec.ts";
import { Errc } from "../../engine/src/gen/errors.ts";
import { ContentKind, PageView, Reaction, Text } from "../../engine/src/gen/wire.ts";
import type { StorageMode } from "../../engine/src/seams.ts";
import { fromHex, toHex } from "../../engine/src/text.ts";
import type { Locale } from "../i18n/index.ts";
import { textNow } from "./amend.ts";
import { sameContext } from "./context.ts";
import {
  emptyConversation,
  isAmendment,
  isApart,
  lastPage,
  NO_TARGET,
  reduce,
  WINDOW_ITEMS,
  without,
  type Conversation,
  type Item,
  type Target,
} from "./conversation.ts";
import { Drafts } from "./drafts.ts";
import type { Shown } from "./media/host.ts";
import { personOf, takeMember, type Member, type Members } from "./members.ts";
import { ConnectionState, statusOf, type Status } from "./status.ts";

/** Messages to ask for at a time: two screens of a phone, one of a desk. */
export const PAGE_MESSAGES = 50;
// content_bytes_max of limits.h, less what stands around the text.
const TEXT_BYTES_MAX = 16 * 1024 - 64;
const TYPING_REPEAT_MS = 2500;
const TYPING_STOPS_MS = 4000;
/** Stands for a conversation that has not begun. */
export const NO_LOG = new Uint8Array(16);
const QUOTE_BYTES_MAX = 240;
const NO_BYTES = new Uint8Array();
const DELAY_MS_MAX = 0x7fffffff;

export type ShopView = {
  readonly name: string;
  readonly fresh: boolean;
  readonly domains: readonly string[];
};

/** log: hexadecimal, zeros where a conversation was to begin. */
export type Unstored = { readonly log: string; readonly text: string };

export type Problem = { readonly code: number; readonly log: string };

type Reply = {
  readonly targetAuthor?: Uint8Array;
  readonly targetCounter?: number;
  readonly targetSeq?: number;
  readonly quote: string;
  /** LinkPreview. */
  readonly preview?: Uint8Array | undefined;
};
const NO_REPLY: Reply = { quote: "" };

type LogEvent = Extract<CoreEvent, { log: Uint8Array }>;
type EndOf = Extract<CoreEvent, { type: "historyEnd" }>;

/** What a page of stored messages was asked for. */
type Reader = {
  /** It ends before this place; 0: the newest. */
  readonly before: number;
  /** It is what is shown from then on, also where it does not touch what is. */
  readonly moves: boolean;
  /** It is not to be shown. */
  readonly done?: (page: Conversation) => void;
};

/** Of one log: who waits for pages, in order; what came of a page whose end has not come. */
type Reading = {
  readonly readers: Reader[];
  readonly page: LogEvent[];
  /** What is said at the end while the end is on its way to the screen. */
  readonly late: LogEvent[];
};

/** It concerns no log, but the device and its connection. */
export const isOfDevice = (problem: Problem): boolean => /^0*$/.test(problem.log);

const hasLog = (event: EngineEvent): event is LogEvent => "log" in event;

/** Below 2^52, so that no two pages of a device give their messages the same number. */
function randomRef(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 20) * 2 ** 32 + low;
}

export class Session {
  readonly ready = signal(false);
  readonly certified = signal(false);
  /** Whoever is connected may stay so; but customers are told that he is not the shop. */
  readonly certificateEnded = signal(false);
  readonly device = signal("");
  readonly connection = signal({ state: 0, code: 0 });
  /** The right to send files, and the most that the relay takes of one; 0: none. */
  readonly blobs = signal({ token: "", bytesMax: 0 });
  readonly shop: Signal<ShopView | undefined> = signal(undefined);
  readonly storage: Signal<StorageMode | undefined> = signal(undefined);
  readonly failed = signal(false);
  /** As much waits to be sent as the device keeps. */
  readonly full = signal(false);
  readonly problems: Signal<readonly Problem[]> = signal([]);
  readonly logs: Signal<ReadonlyMap<string, Conversation>> = signal(new Map());
  /** By log in hexadecimal. */
  readonly members: Signal<ReadonlyMap<string, Members>> = signal(new Map());
  /** What was begun and not sent, by log in hexadecimal; zeros where none has begun. */
  readonly drafts: ReadonlySignal<ReadonlyMap<string, string>>;
  readonly status: ReadonlySignal<Status>;
  private readonly draft_store: Drafts;
  /** Who sits here, where each device of the shop's names its person; "" while nobody has said. */
  private person = "";
  private last_ref = randomRef();
  private end_timer = 0;
  /** What was given to the engine and is not known to be stored. */
  private readonly unstored = new Map<number, Unstored>();
  /** By log in hexadecimal. */
  private readonly readings = new Map<string, Reading>();
  private readonly marked = new Map<string, number>();
  private readonly typing = new Map<string, { said_ms: number; timer: number }>();

  constructor(
    readonly engine: Engine,
    readonly shown: ReadonlySignal<string>,
    /** In which what is written from now on is said to be written. */
    public locale: Locale,
    /** Whose every device is the same person's; 0 where each device stands for itself. */
    private readonly own_class = 0,
  ) {
    this.status = computed(() =>
      statusOf({
        ready: this.ready.value,
        connection: this.connection.value.state,
        code: this.connection.value.code,
        shopKnown: this.shop.value !== undefined,
        shopFresh: this.shop.value?.fresh ?? false,
        inSync: this.logs.value.get(this.shown.value)?.inSync ?? true,
        held: this.logs.value.get(this.shown.value)?.held ?? false,
      }),
    );
    this.draft_store = new Drafts((log, text) => engine.command("setDraft", { log, text }));
    this.drafts = this.draft_store.texts;
    engine.on((event) => this.take(event));
  }

  private take(event: EngineEvent): void {
    switch (event.type) {
      case "ready":
        this.marked.clear();
        this.forget_readers();
        this.ready.value = true;
        this.certify(event.certified, event.notAfterMs);
        this.device.value = toHex(event.device);
        break;
      case "connection":
        this.connection.value = { state: event.state, code: event.code };
        if (event.state === ConnectionState.online) {
          this.blobs.value = { token: event.blobToken, bytesMax: event.blobBytesMax };
          this.full.value = false;
          this.problems.value = this.problems.value.filter((problem) => !isOfDevice(problem));
        }
        break;
      case "shop":
        this.shop.value = { name: event.name, fresh: event.fresh, domains: event.domains };
        break;
      case "enrolled":
        this.certify(true, event.notAfterMs);
        break;
      case "storage":
        this.storage.value = event.mode;
        break;
      case "draft":
        this.draft_store.stored(event.log, event.text);
        break;
      case "crashed":
        this.failed.value = event.final;
        this.ready.value = false;
        break;
      case "problem":
        this.keep_problem({ code: event.code, log: toHex(event.log) });
        break;
      default:
        this.fold(event);
    }
  }

  /** Nobody answers what was asked before the engine began anew. */
  private forget_readers(): void {
    for (const [log, { readers }] of this.readings) {
      readers.forEach(({ done }) => done?.(emptyConversation(log)));
    }
    this.readings.clear();
  }

  private certify(certified: boolean, not_after_ms: number): void {
    window.clearTimeout(this.end_timer);
    const left_ms = not_after_ms - Date.now();
    this.certified.value = certified;
    this.certificateEnded.value = certified && not_after_ms > 0 && left_ms < 0;
    if (certified && left_ms >= 0) {
      const again = () => this.certify(certified, not_after_ms);
      this.end_timer = window.setTimeout(again, Math.min(left_ms + 1, DELAY_MS_MAX));
    }
  }

  private keep_problem(problem: Problem): void {
    const same = ({ code, log }: Problem) => code === problem.code && log === problem.log;
    if (!this.problems.value.some(same)) {
      this.problems.value = [...this.problems.value, problem];
    }
  }

  /** After a final crash. What stands in the page, drafts above all, stays. */
  restart(): void {
    this.failed.value = false;
    this.problems.value = [];
    this.engine.restart();
  }

  dismiss(problem: Problem): void {
    this.problems.value = this.problems.value.filter((other) => other !== problem);
  }

  private fold(event: EngineEvent): void {
    if (!hasLog(event)) {
      return;
    }
    const log = toHex(event.log);
    const { readers, page, late } = this.reading(log);
    if (event.type === "message" && event.history) {
      page.push(event);
      return;
    }
    if (event.type === "historyEnd") {
      this.take_page(log, event);
      return;
    }
    const { items = [], newer = false } = this.logs.value.get(log) ?? {};
    if (event.type === "placed" && event.code && !items.some((item) => item.ref === event.ref)) {
      this.full.value = event.code === Errc.quota;
      this.keep_problem({ code: event.code, log });
      return;
    }
    if (event.type === "message" && event.mine) {
      this.unstored.delete(event.ref);
    }
    if (event.type === "member") {
      const members = takeMember(this.members.value.get(log), event);
      this.members.value = new Map(this.members.value).set(log, members);
      const member = members.get(toHex(event.device));
      if (member) {
        this.note_person(log, member);
      }
    }
    const said = event.type === "message" || event.type === "placed";
    if (said && newer && readers.some(({ before, moves }) => moves && !before)) {
      late.push(event);
    } else {
      this.put(log, [event]);
    }
  }

  private put(log: string, events: readonly CoreEvent[]): void {
    const before = this.logs.value.get(log) ?? emptyConversation(log);
    const after = this.taken(log, before, events);
    if (after !== before || !this.logs.value.has(log)) {
      this.logs.value = new Map(this.logs.value).set(log, after);
    }
  }

  /**
   * Pages come in the order in which they were asked for. Unasked comes the newest one, with keys
   * or after a long absence; it moves nobody who reads above.
   */
  private take_page(log: string, end: EndOf): void {
    const { readers, page, late } = this.reading(log);
    const events = [...page.splice(0), end];
    const [next] = readers;
    const asked = next && (!next.before || end.lastSeq < next.before) ? readers.shift() : undefined;
    if (asked?.done) {
      asked.done(this.taken(log, emptyConversation(log), events));
      return;
    }
    const shown = this.logs.value.get(log);
    const ahead = !asked && !!shown?.firstSeq && end.firstSeq > shown.endSeq + 1;
    const goes_there = ahead && !shown.newer && !shown.away;
    if (ahead) {
      this.logs.value = new Map(this.logs.value).set(log, { ...shown, newer: true });
    }
    // What is shown may have moved since.
    if (asked?.moves || goes_there || !isApart(this.logs.value.get(log), end)) {
      const rest = asked?.moves && !asked.before ? late.splice(0) : [];
      this.put(log, [...events, ...rest]);
    }
    const { items = [], endSeq = 0 } = this.logs.value.get(log) ?? {};
    if (!asked && items.some(({ problem }) => problem)) {
      this.history(fromHex(log), endSeq + 1, false, WINDOW_ITEMS);
    }
  }

  private taken(log: string, before: Conversation, events: readonly CoreEvent[]): Conversation {
    return events.reduce((so_far, event) => reduce(so_far, this.as_own(log, event)), before);
  }

  private is_own(log: string, author: string, author_class: number): boolean {
    const members = this.members.value.get(log);
    const of_class = author_class || members?.get(author)?.authorClass;
    return this.own_class
      ? of_class === this.own_class
      : this.person !== "" && personOf(members, author) === this.person;
  }

  /** What the person did on another device of his. */
  private as_own(log: string, event: CoreEvent): CoreEvent {
    if (event.type === "message" && !event.mine) {
      const own = this.is_own(log, toHex(event.author), event.authorClass);
      return own ? { ...event, mine: true } : event;
    }
    const own = event.type === "typing" && this.is_own(log, toHex(event.author), 0);
    return own ? { ...event, on: false } : event;
  }

  /** Whose device this one is, as a certificate says it; messages may have come before. */
  private note_person(log: string, { device, person }: Member): void {
    const logs = device === this.device.value ? [...this.logs.value.keys()] : [log];
    if (device === this.device.value) {
      this.person = person;
    }
    for (const each of this.own_class || !this.person ? [] : logs) {
      const known = this.logs.value.get(each);
      const others = (item: Item) => !item.mine && this.is_own(each, item.author, item.authorClass);
      if (known?.items.some(others)) {
        const items = known.items.map((item) => (others(item) ? { ...item, mine: true } : item));
        this.logs.value = new Map(this.logs.value).set(each, { ...known, items });
      }
    }
  }

  nextRef(): number {
    return ++this.last_ref;
  }

  open(log: Uint8Array, limit = PAGE_MESSAGES): void {
    this.reading(toHex(log)).readers.push({ before: 0, moves: true });
    this.engine.command("openLog", { log, limit, paged: true });
  }

  /** A page of what is stored, apart from what is shown; before_seq 0: the newest. */
  page(log: string, before: number, limit: number): Promise<Conversation> {
    return new Promise((done) => {
      this.ask_page(fromHex(log), { before, moves: false, done }, limit);
    });
  }

  private history(log: Uint8Array, before: number, moves: boolean, limit = PAGE_MESSAGES): void {
    this.ask_page(log, { before, moves }, limit);
  }

  private ask_page(log: Uint8Array, reader: Reader, limit: number): void {
    this.reading(toHex(log)).readers.push(reader);
    this.engine.command("loadHistory", { log, beforeSeq: reader.before, limit });
  }

  private reading(log: string): Reading {
    const reading = this.readings.get(log) ?? { readers: [], page: [], late: [] };
    this.readings.set(log, reading);
    return reading;
  }

  loadEarlier(log: Uint8Array): void {
    this.history(log, this.logs.value.get(toHex(log))?.firstSeq ?? 0, false);
  }

  /** What follows the window, where it does not reach the end. */
  loadLater(log: Uint8Array): void {
    const end = this.logs.value.get(toHex(log))?.endSeq ?? 0;
    this.history(log, end + 1 + PAGE_MESSAGES, false);
  }

  /** A place and what stands around it; the window goes there. */
  loadAround(log: Uint8Array, seq: number): void {
    this.history(log, seq + PAGE_MESSAGES / 2, true);
  }

  loadLatest(log: Uint8Array): void {
    this.history(log, 0, true);
  }

  /** Whether somebody reads above the end. `log` in hexadecimal. */
  setAway(log: string, away: boolean): void {
    const known = this.logs.peek().get(log);
    if (known && known.away !== away) {
      this.logs.value = new Map(this.logs.peek()).set(log, { ...known, away });
    }
  }

  /**
   * With `page`, the shop is told first where the customer is, unless it was told before. The
   * answer is the message's number.
   */
  sendText(text: string, log: Uint8Array, page?: PageView, preview?: Uint8Array): number {
    const told = lastPage(this.logs.value.get(toHex(log)));
    if (page && !(told && sameContext(told, page))) {
      const content = encode(PageView, page);
      const ref = this.nextRef();
      this.engine.command("send", { log, ref, kind: ContentKind.PAGE_VIEW, content });
    }
    return this.send_text(text, log, NO_BYTES, { quote: "", preview });
  }

  /** A text that answers a message of this log. */
  reply(text: string, log: Uint8Array, to: Item): number {
    const { items = [] } = this.logs.value.get(toHex(log)) ?? {};
    return this.send_text(text, log, NO_BYTES, {
      targetAuthor: fromHex(to.author),
      targetCounter: to.counter,
      targetSeq: to.seq,
      quote: beginning(textNow(items, to), QUOTE_BYTES_MAX),
    });
  }

  /** From now on the message says this. `log` in hexadecimal. */
  edit(log: string, item: Item, text: string): void {
    const ref = this.say(log, item, ContentKind.EDIT, encode(Text, { text }), text);
    this.unstored.set(ref, { log, text });
  }

  recall(log: string, item: Item): void {
    this.say(log, item, ContentKind.RECALL, NO_BYTES, "");
  }

  /** Puts a sign to a message, or takes it back. */
  react(log: string, item: Item, emoji: string, off: boolean): void {
    this.say(log, item, ContentKind.REACTION, encode(Reaction, { emoji, off }), emoji);
  }

  /** A message of any kind, about another one; a conversation may begin with it, and a page. */
  say(
    log: string,
    { author, counter, seq }: Target,
    kind: number,
    content: Uint8Array,
    fallback: string,
    page: Partial<PageView> = {},
  ): number {
    const ref = this.nextRef();
    const target = { targetAuthor: fromHex(author), targetCounter: counter, targetSeq: seq };
    const pageView = encode(PageView, page);
    const fields = { log: fromHex(log), ref, kind, content, fallback, pageView, ...target };
    this.engine.command("send", fields);
    return ref;
  }

  /** Keeps what is being written; empty text forgets it. */
  writeDraft(log: Uint8Array, text: string): void {
    this.draft_store.write(log, text);
  }

  /** Takes a message that was refused for good away. `log` in hexadecimal. */
  discard(log: string, item: Item): void {
    this.engine.command("discard", { log: fromHex(log), ref: item.ref });
    const before = this.logs.value.get(log);
    if (before) {
      this.logs.value = new Map(this.logs.value).set(log, without(before, item.key));
    }
  }

  /** The same words again, in the place of a message that was refused for good. */
  sendAgain(log: string, item: Item): void {
    this.discard(log, item);
    const { kind, text, target, quote = "", content } = item;
    if (content) {
      this.say(log, target ?? NO_TARGET, kind, content, text);
    } else if (!target) {
      this.sendText(text, fromHex(log));
    } else if (isAmendment(kind)) {
      const content = kind === ContentKind.EDIT ? encode(Text, { text }) : NO_BYTES;
      this.say(log, target, kind, content, text);
    } else {
      const { author, counter, seq } = target;
      const to = { targetAuthor: fromHex(author), targetCounter: counter, targetSeq: seq, quote };
      this.send_text(text, fromHex(log), NO_BYTES, to);
    }
  }

  /** A message that is no text; with a page where it begins a conversation. */
  show(log: Uint8Array, { kind, content, fallback }: Shown, page?: Partial<PageView>): number {
    const ref = this.nextRef();
    const pageView = page ? encode(PageView, page) : NO_BYTES;
    this.engine.command("send", { log, ref, kind, content, fallback, pageView });
    this.go_to_end(log);
    return ref;
  }

  /** One's own words stand at the end, wherever one was reading. */
  private go_to_end(log: Uint8Array): void {
    if (this.logs.peek().get(toHex(log))?.newer) {
      this.loadLatest(log);
    }
  }

  /** Begins a conversation, with the page first; logOpened comes with the answered number. */
  beginWith(text: string, page: Partial<PageView>): number {
    return this.send_text(text, NO_LOG, encode(PageView, page));
  }

  private send_text(
    text: string,
    log: Uint8Array,
    pageView: Uint8Array,
    { quote, preview = NO_BYTES, ...target }: Reply = NO_REPLY,
  ): number {
    const ref = this.nextRef();
    const content = encode(Text, { text, locale: this.locale, quote, preview });
    this.unstored.set(ref, { log: toHex(log), text });
    const fields = { log, ref, kind: ContentKind.TEXT, content, pageView, ...target };
    this.engine.command("send", fields);
    this.go_to_end(log);
    return ref;
  }

  /** What was written, is not stored and will not be sent, in order: all after a crash, or one. */
  takeUnstored(ref?: number): Unstored[] {
    const refs = ref === undefined ? [...this.unstored.keys()] : [ref];
    return refs.flatMap((each) => {
      const found = this.unstored.get(each);
      this.unstored.delete(each);
      return found ?? [];
    });
  }

  markRead(log: Uint8Array, seq: number): void {
    const name = toHex(log);
    if (seq > (this.marked.get(name) ?? 0)) {
      this.marked.set(name, seq);
      this.engine.command("markRead", { log, seq });
    }
  }

  /** Called for every change of a draft; says so at most every few seconds and takes it back. */
  typed(log: Uint8Array, has_text: boolean): void {
    const name = toHex(log);
    const before = this.typing.get(name);
    window.clearTimeout(before?.timer);
    if (!has_text) {
      if (before) {
        this.typing.delete(name);
        this.engine.command("setTyping", { log, on: false });
      }
      return;
    }
    const now = performance.now();
    const again = !before || now - before.said_ms >= TYPING_REPEAT_MS;
    if (again) {
      this.engine.command("setTyping", { log, on: true });
    }
    const timer = window.setTimeout(() => this.typed(log, false), TYPING_STOPS_MS);
    this.typing.set(name, { said_ms: again ? now : before.said_ms, timer });
  }
}

const utf8 = new TextEncoder();

/** Not longer than that, and not cut inside a character. */
function beginning(text: string, bytes_max: number): string {
  const bytes = utf8.encode(text);
  let end = Math.min(bytes.length, bytes_max);
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end--;
  }
  return new TextDecoder().decode(bytes.subarray(0, end));
}

export function fitsInOneMessage(text: string): boolean {
  return utf8.encode(text).length <= TEXT_BYTES_MAX;
}
