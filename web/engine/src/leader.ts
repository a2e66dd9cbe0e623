// The leading tab's side: gives the commands of all tabs to the one core, in order and each once,
// and knows to whom each of its events goes.
import { runOf, type FromLeader, type FromTab, type Run } from "./channel.js";
import { decode, encode } from "./codec.js";
import {
  CloseLog,
  CommandKind,
  EventKind,
  HistoryEnd,
  Identify,
  LoadHistory,
  MessageEvent,
  OpenLog,
  Placed,
  Request,
  ResponseEvent,
  Send,
  SetAbout,
} from "./gen/wire.js";
import type { RawEvent } from "./pump.js";
import type { StorageMode } from "./seams.js";
import { Snapshot } from "./snapshot.js";
import { toHex } from "./text.js";

const ignore = (): void => undefined;

/** The core as the leader sees it. */
export interface Core {
  /** `taken` is called once what the command changed is durable; not where the core fails first. */
  command(kind: number, body: Uint8Array, taken: () => void): void;
}

export type LeaderParts = {
  readonly term: number;
  readonly storage: StorageMode;
  readonly build: string;
  /** Its core hears only of logs that are open, as an agent's does. */
  readonly watches: boolean;
  readonly core: Core;
  /** To all tabs, its own among them. */
  readonly say: (message: FromLeader) => void;
  /** Calls `gone` when the tab is no more. */
  readonly outlive: (tab: string, gone: () => void) => void;
};

type TabState = {
  /** Commands up to this number have been given to the core. */
  last: number;
  /** Of these, what is not safe yet. */
  readonly open: Set<number>;
};
type Asked = { readonly tab: string; readonly number: number };
type Opened = { readonly log: Uint8Array; readonly tabs: Set<string> };
type Command = Extract<FromTab, { command: number }>;
/** Nobody where it concerns no tab, nothing where it concerns all. */
type Audience = readonly string[] | undefined;

const same = (a: Audience, b: Audience): boolean => a?.join() === b?.join();

export class Leader {
  private restarts = 0;
  private readonly tabs = new Map<string, TabState>();
  private readonly outlived = new Set<string>();
  private readonly snapshot = new Snapshot();
  private readonly opened = new Map<string, Opened>();
  // Who asked for stored messages, log by log: in the order in which the core answers.
  private readonly readers = new Map<string, string[]>();
  // Who sent what, by ref, until the core has kept or refused it.
  private readonly senders = new Map<number, string>();
  private readonly requests = new Map<number, Asked>();

  constructor(private readonly parts: LeaderParts) {}

  get run(): Run {
    return runOf(this.parts.term, this.restarts);
  }

  /** By other tabs than its own. */
  get followed(): boolean {
    return this.tabs.size > 1;
  }

  take(message: FromTab): void {
    if ("join" in message) return this.welcome(message.join);
    const tab = this.tabs.get(message.from);
    if (!tab || message.run !== this.run) return;
    if (message.number > tab.last) this.command(tab, message);
    else if (!tab.open.has(message.number)) this.acknowledge(message.from, message.number);
  }

  private welcome(id: string): void {
    if (!this.tabs.has(id)) this.tabs.set(id, { last: 0, open: new Set() });
    const { storage, build, say, outlive } = this.parts;
    say({ to: [id], state: this.run, storage, build, events: this.snapshot.list() });
    if (this.outlived.has(id)) return;
    this.outlived.add(id);
    outlive(id, () => this.lose(id));
  }

  private lose(id: string): void {
    this.tabs.delete(id);
    this.outlived.delete(id);
    for (const { log } of [...this.opened.values()]) this.shut(log, id);
  }

  private acknowledge(id: string, number: number): void {
    this.tabs.get(id)?.open.delete(number);
    this.parts.say({ to: [id], ack: number, run: this.run });
  }

  // --- commands

  private command(tab: TabState, { from, number, command, body }: Command): void {
    const { run } = this;
    tab.last = number;
    tab.open.add(number);
    const taken = (): void => {
      if (run === this.run) this.acknowledge(from, number);
    };
    switch (command) {
      case CommandKind.SEND:
        this.senders.set(decode(Send, body).ref, from);
        break;
      case CommandKind.OPEN_LOG:
        this.open(decode(OpenLog, body).log, from);
        break;
      case CommandKind.LOAD_HISTORY:
        this.readers_of(decode(LoadHistory, body).log).push(from);
        break;
      case CommandKind.CLOSE_LOG:
        this.shut(decode(CloseLog, body).log, from);
        return taken();
      case CommandKind.SET_ABOUT:
        this.snapshot.amend(decode(SetAbout, body));
        break;
      case CommandKind.IDENTIFY:
        this.snapshot.amend({ subject: decode(Identify, body).subject });
        break;
      case CommandKind.REQUEST:
        this.requests.set(decode(Request, body).id, { tab: from, number });
        return this.parts.core.command(command, body, ignore);
    }
    this.parts.core.command(command, body, taken);
  }

  private open(log: Uint8Array, id: string): void {
    const key = toHex(log);
    const { tabs } = this.opened.get(key) ?? { tabs: new Set() };
    this.opened.set(key, { log, tabs: tabs.add(id) });
    this.readers_of(log).push(id);
  }

  // What another tab shows stays open.
  private shut(log: Uint8Array, id: string): void {
    const key = toHex(log);
    const tabs = this.opened.get(key)?.tabs;
    if (!tabs?.delete(id) || tabs.size) return;
    this.opened.delete(key);
    this.parts.core.command(CommandKind.CLOSE_LOG, encode(CloseLog, { log }), ignore);
  }

  private readers_of(log: Uint8Array): string[] {
    const key = toHex(log);
    const readers = this.readers.get(key) ?? [];
    this.readers.set(key, readers);
    return readers;
  }

  // --- events

  /** Of the core, in its order; every tab hears those that concern it in the same order. */
  events(events: readonly RawEvent[]): void {
    let to: Audience;
    let together: RawEvent[] = [];
    const say = (): void => {
      if (!together.length || to?.length === 0) return;
      this.parts.say({ ...(to && { to }), events: together, run: this.run });
    };
    for (const event of events) {
      this.snapshot.note(event);
      const audience = this.audience_of(event);
      if (!same(audience, to)) {
        say();
        together = [];
        to = audience;
      }
      together.push(event);
    }
    say();
    this.answered(events);
  }

  private audience_of([kind, body]: RawEvent): Audience {
    switch (kind) {
      case EventKind.MESSAGE:
        return this.audience_of_message(decode(MessageEvent, body));
      case EventKind.HISTORY_END: {
        const reader = this.readers_of(decode(HistoryEnd, body).log).shift();
        return reader === undefined ? undefined : [reader];
      }
      case EventKind.PLACED: {
        // What was not even kept concerns only the page that wrote it.
        const { log, ref, code } = decode(Placed, body);
        return code && this.senders.has(ref) ? this.sent(ref) : this.watchers(log, ref);
      }
      case EventKind.RESPONSE_EVENT: {
        const asked = this.requests.get(decode(ResponseEvent, body).id);
        return asked && [asked.tab];
      }
      default:
        return undefined;
    }
  }

  // Older messages would leave a gap before what another tab shows.
  private audience_of_message({ log, history, ref }: MessageEvent): Audience {
    if (!history) return this.watchers(log, ref);
    const reader = this.readers_of(log)[0];
    return reader === undefined ? undefined : [reader];
  }

  // Newer messages would leave a gap in a tab that had closed the log meanwhile.
  private watchers(log: Uint8Array, ref: number): Audience {
    const sender = this.sent(ref);
    const tabs = this.parts.watches && this.opened.get(toHex(log))?.tabs;
    return tabs ? [...new Set([...tabs, ...sender])] : undefined;
  }

  // The tab that sent it, if the core has said nothing of it before.
  private sent(ref: number): readonly string[] {
    const sender = this.senders.get(ref);
    this.senders.delete(ref);
    return sender === undefined ? [] : [sender];
  }

  private answered(events: readonly RawEvent[]): void {
    for (const [kind, body] of events) {
      if (kind !== EventKind.RESPONSE_EVENT) continue;
      const { id } = decode(ResponseEvent, body);
      const asked = this.requests.get(id);
      this.requests.delete(id);
      if (asked) this.acknowledge(asked.tab, asked.number);
    }
  }

  /** The core failed and begins again: pages take back what was not stored, and join anew. */
  crashed(): void {
    this.restarts++;
    this.tabs.clear();
    this.snapshot.clear();
    this.opened.clear();
    this.readers.clear();
    this.senders.clear();
    this.requests.clear();
    this.parts.say({ crashed: true, run: this.run });
  }
}
