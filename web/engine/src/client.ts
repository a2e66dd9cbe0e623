// The page's side: starts the worker, encodes commands, decodes events. Nothing here does I/O or
// waits on storage; what a person sees as done has been stored by the worker before.
import { decode, encode, type Table } from "./codec.js";
import { Errc } from "./gen/errors.js";
import * as wire from "./gen/wire.js";
import type { ToWorker } from "./messages.js";
import type { StorageMode } from "./seams.js";
import { isVisible, startWorker } from "./starter.js";
import type { Said, StartedWorker, StartOptions } from "./starter.js";

/** The commands that a page gives, by the number that stands in host.proto. */
const commands = {
  send: [wire.CommandKind.SEND, wire.Send],
  openLog: [wire.CommandKind.OPEN_LOG, wire.OpenLog],
  loadHistory: [wire.CommandKind.LOAD_HISTORY, wire.LoadHistory],
  markRead: [wire.CommandKind.MARK_READ, wire.MarkRead],
  setTyping: [wire.CommandKind.SET_TYPING, wire.SetTyping],
  closeLog: [wire.CommandKind.CLOSE_LOG, wire.CloseLog],
  enrol: [wire.CommandKind.ENROL, wire.Enrol],
  request: [wire.CommandKind.REQUEST, wire.Request],
  retry: [wire.CommandKind.RETRY, wire.Retry],
  setDraft: [wire.CommandKind.SET_DRAFT, wire.SetDraft],
  setAbout: [wire.CommandKind.SET_ABOUT, wire.SetAbout],
  discard: [wire.CommandKind.DISCARD, wire.Discard],
  identify: [wire.CommandKind.IDENTIFY, wire.Identify],
} as const;

const events = {
  ready: [wire.EventKind.READY, wire.Ready],
  connection: [wire.EventKind.CONNECTION, wire.Connection],
  shop: [wire.EventKind.SHOP, wire.Shop],
  logOpened: [wire.EventKind.LOG_OPENED, wire.LogOpened],
  message: [wire.EventKind.MESSAGE, wire.MessageEvent],
  receipts: [wire.EventKind.RECEIPTS, wire.Receipts],
  historyEnd: [wire.EventKind.HISTORY_END, wire.HistoryEnd],
  typing: [wire.EventKind.TYPING, wire.Typing],
  responseEvent: [wire.EventKind.RESPONSE_EVENT, wire.ResponseEvent],
  pushEvent: [wire.EventKind.PUSH_EVENT, wire.PushEvent],
  problem: [wire.EventKind.PROBLEM, wire.Problem],
  enrolled: [wire.EventKind.ENROLLED, wire.Enrolled],
  logChanged: [wire.EventKind.LOG_CHANGED, wire.LogChanged],
  member: [wire.EventKind.MEMBER, wire.Member],
  placed: [wire.EventKind.PLACED, wire.Placed],
  draft: [wire.EventKind.DRAFT, wire.Draft],
  discarded: [wire.EventKind.DISCARDED, wire.Discarded],
  logReset: [wire.EventKind.LOG_RESET, wire.LogReset],
  identified: [wire.EventKind.IDENTIFIED, wire.Identified],
} as const;

type FieldsOf<Row> = Row extends readonly [number, Table<infer T>] ? T : never;
type Commands = { [N in keyof typeof commands]: FieldsOf<(typeof commands)[N]> };
type Events = { [N in keyof typeof events]: FieldsOf<(typeof events)[N]> };

export type CommandName = keyof Commands;
export type CommandFields<N extends CommandName> = Partial<Commands[N]>;

/** What the core says; `type` is its name in host.proto in camel case. */
export type CoreEvent = { [N in keyof Events]: { readonly type: N } & Events[N] }[keyof Events];

/** What the host of the core says by itself. */
export type HostEvent =
  /**
   * Comes before "ready", which comes again with every new leader among the tabs. After "refused"
   * nothing else comes: the page is not secure.
   */
  | { readonly type: "storage"; readonly mode: StorageMode }
  /** Core or store failed. `final` false: it begins again from the store, "ready" follows. */
  | { readonly type: "crashed"; readonly final: boolean }
  /** The device is no more, here and in every other tab: its keys and all it kept are deleted. */
  | { readonly type: "ended" };

export type EngineEvent = CoreEvent | HostEvent;
export type EngineListener = (event: EngineEvent) => void;

export type EngineOptions = StartOptions & {
  /** The first worker, where the page has started it with the same options. */
  started?: StartedWorker | undefined;
};

export type Answer = {
  /** 0, or a number of the error table or of the desk's method. */
  code: number;
  body: Uint8Array;
};

/** One device of one shop. The workers of all its tabs are this one device together. */
export interface Engine {
  /** May be called at any time; waits for "ready". Throws CodecError for wrong fields. */
  command<N extends CommandName>(name: N, fields?: CommandFields<N>): void;
  /** Asks the desk. Always resolves; `no_session` where the engine is closed first. */
  request(method: string, body?: Uint8Array): Promise<Answer>;
  /** The answer stops listening. Events that came before are not repeated. */
  on(listener: EngineListener): () => void;
  /** A new worker, after a final crash. Open requests are answered with `no_session`. */
  restart(): void;
  /** Ends the device in all tabs, for good; "ended" follows. The page begins with another one. */
  end(): void;
  /** Ends the worker; nothing comes after it. */
  close(): void;
}

const decoders = new Map(
  Object.entries(events).map(([type, [kind, table]]) => [
    kind as number,
    (body: Uint8Array) => ({ ...decode(table as Table<object>, body), type }) as CoreEvent,
  ]),
);

// The core takes numbers below 2^52 for requests of its host.
function firstId(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return (random >>> 1) * 2 ** 20 + 1;
}

class WorkerEngine implements Engine {
  private worker: Worker;
  private readonly listeners = new Set<EngineListener>();
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private readonly closing = new AbortController();
  /** Of this worker. */
  private crashes = 0;
  // No two pages of a device may use the same.
  private next_id = firstId();

  constructor(private readonly options: EngineOptions) {
    this.worker = this.hear(options.started ?? startWorker(options));
    this.tell_of_life();
  }

  // A page that sleeps cannot lead, and one that nobody sees leaves a silent leader alone.
  private tell_of_life(): void {
    const { signal } = this.closing;
    const asleep = (asleep: boolean) => this.post({ asleep });
    const visible = () => this.post({ visible: isVisible() });
    document.addEventListener("visibilitychange", visible, { signal });
    document.addEventListener("freeze", () => asleep(true), { signal });
    document.addEventListener("resume", () => asleep(false), { signal });
    window.addEventListener("pagehide", (event) => event.persisted && asleep(true), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && asleep(false), { signal });
  }

  private hear({ worker, listen }: StartedWorker): Worker {
    listen((said) => worker === this.worker && this.take(said));
    return worker;
  }

  private post(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private say(event: EngineEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }

  private take(message: Said): void {
    if (message === "failed") {
      this.say({ type: "crashed", final: true });
    } else if ("storage" in message) {
      this.say({ type: "storage", mode: message.storage });
    } else if ("ended" in message) {
      this.say({ type: "ended" });
    } else if ("crashed" in message) {
      this.crashes++;
      this.say({ type: "crashed", final: message.crashed === "final" });
    } else {
      for (const [kind, body] of message.events) {
        const event = decoders.get(kind)?.(body);
        if (!event) continue;
        if (event.type === "responseEvent") this.answer(event.id, event);
        this.say(event);
      }
    }
  }

  private answer(id: number, { code, body }: Answer): void {
    this.asked.get(id)?.({ code, body });
    this.asked.delete(id);
  }

  command<N extends CommandName>(name: N, fields: CommandFields<N> = {}): void {
    const [command, table] = commands[name];
    const body = encode(table as Table<object>, fields);
    this.post({ command, body, crashes: this.crashes }, [body.buffer as ArrayBuffer]);
  }

  request(method: string, body = new Uint8Array()): Promise<Answer> {
    const id = this.next_id++;
    const answered = new Promise<Answer>((resolve) => this.asked.set(id, resolve));
    this.command("request", { id, method, body });
    return answered;
  }

  on(listener: EngineListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  end(): void {
    this.post({ end: true });
  }

  restart(): void {
    this.worker.terminate();
    this.answer_all();
    this.crashes = 0;
    this.worker = this.hear(startWorker(this.options));
  }

  close(): void {
    this.worker.terminate();
    this.closing.abort();
    this.listeners.clear();
    this.answer_all();
  }

  private answer_all(): void {
    for (const id of [...this.asked.keys()]) {
      this.answer(id, { code: Errc.no_session, body: new Uint8Array() });
    }
  }
}

/** Starts the device in a worker. Returns at once; listen before the next task to miss nothing. */
export function openEngine(options: EngineOptions): Engine {
  return new WorkerEngine(options);
}
